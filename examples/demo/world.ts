import {
  createLaplas,
  type Laplas,
  type LaplasEvent,
  type LaplasOptions,
  type Plan,
  type PlannedCall,
} from "@laplas/core";
import { connect } from "../upstream.ts";
import { tierOfDay } from "./tier-of-day.ts";

/** The upstream that the demo calls, and what its engine has seen. */
export interface World {
  readonly isReal: boolean;
  /** Every model of the demo is made with it, so that one account is kept. */
  readonly laplas: Laplas;
  /** What the job needs on the tier, before any of it is done. */
  readonly plan: Plan;
  tally(): { calls: number; apiTokens: number; refusedHere: number };
  /** By the sandbox's own count; for the real API, by its answers. */
  refusedUpstream(): number;
  close(): Promise<void>;
}

/** The real API if there is a key, else a sandbox that takes its time as a real server would, with a day that holds the job. */
export async function openWorld(job: readonly PlannedCall[], isReal: boolean): Promise<World> {
  const planned = isReal ? undefined : await planOnSandbox(job);
  const rules = { dailyApiTokens: planned?.day ?? null };
  const upstream = await connect({ latencyMs: 20, chunkDelayMs: 12, ...(planned && { rules }) });
  const { settings: where, sandbox } = upstream;
  const tier = planned?.tier && { tier: planned.tier };
  const laplas = await orClose(upstream, async () => createLaplas({ ...where, ...tier }));
  const calls = observeCalls(laplas);
  return {
    isReal,
    laplas,
    plan: planned?.plan ?? (await orClose(upstream, () => laplas.plan(job))),
    tally: () => ({
      calls: calls.filter(({ outcome }) => outcome === "answered").length,
      apiTokens: calls.reduce((sum, { apiTokens = 0 }) => sum + apiTokens, 0),
      refusedHere: calls.filter(({ outcome }) => outcome === "refused").length,
    }),
    refusedUpstream: () => sandbox?.counts().refused ?? calls.filter(({ outcome }) => outcome === "failed").length,
    async close() {
      await laplas.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

const FREE_DAY = 50_000;
/** An estimate can be too low, and calls come back to it. */
const ROOM = 1.5;

/** Plans with an account that is empty. A job that takes days gets a sandbox, and a tier, with a day as long. */
async function planOnSandbox(
  job: readonly PlannedCall[],
): Promise<{ plan: Plan; day: number; tier?: LaplasOptions["tier"] }> {
  const laplas = createLaplas({ apiKey: "sandbox", ledger: "memory" });
  try {
    const plan = await laplas.plan(job);
    if (plan.fitsToday) return { plan, day: FREE_DAY };
    const day = FREE_DAY * Math.ceil((plan.cost.expected * ROOM) / FREE_DAY);
    return { plan, day, tier: tierOfDay("sandbox", day) };
  } finally {
    await laplas.close();
  }
}

/** A sandbox left open by a failure would keep the program from ending. */
async function orClose<T>(upstream: AsyncDisposable, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    await upstream[Symbol.asyncDispose]();
    throw error;
  }
}

function observeCalls(laplas: Laplas): Extract<LaplasEvent, { type: "call" }>[] {
  const calls: Extract<LaplasEvent, { type: "call" }>[] = [];
  laplas.onEvent((event) => {
    if (event.type === "call") calls.push(event);
  });
  return calls;
}
