import { admit } from "../../packages/core/src/ledger/admit.ts";
import type { Block, Claim, ReserveCommand } from "../../packages/core/src/ledger/ledger-store.ts";
import { windowStart } from "../../packages/core/src/ledger/window-time.ts";
import { createSignal, type Signal, type Task } from "./scheduler.ts";
import { type Call, type MakePolicy, type Process, SECOND_MS } from "./world.ts";

/** As `account/leases.ts`, `call/race-abort.ts` and `call/settle.ts` have them. */
const LEASE_MS = 30 * SECOND_MS;
const HEARTBEAT_MS = 5 * SECOND_MS;
const DRAIN_MS = 5 * SECOND_MS;
const ABORT_LINGER_MS = 5 * SECOND_MS;
const COSTS_REMEMBERED = 20;

/** What stands for the estimates of `cost/estimate-cost.ts`. */
const EXPECTED_AT_FIRST = 150;
export const WORST_COST = 600;

interface Row {
  readonly seq: number;
  readonly id: string;
  state: "waiting" | "held" | "settled";
  fence: number;
  expiresAt: number;
  held: number;
  worst: number;
  apiTokens: number;
  endedAt: number;
  probe: boolean;
}

export interface OurOptions {
  readonly name: string;
  /** What a call is charged of which nobody knows the cost: what was expected of it, or the most it can have cost. */
  readonly unknownCost: "expected" | "worst";
}

/**
 * The ledger and the engine, as far as an account sees them, on one store with a clock of its own: rows, tickets, leases with
 * heartbeats, drains and lingering places. What is decided is decided by core's own `admit`.
 */
export function ourPolicy({ name, unknownCost }: OurOptions): MakePolicy {
  return ({ scenario, scheduler, random, server, storeMs }) => {
    /** Tickets, leases, and places that linger. */
    const live: Map<string, Row> = new Map();
    let settled: { readonly endedAt: number; readonly apiTokens: number }[] = [];
    /** Their sum from the window's start on; it is asked for a million times. */
    let sum = { from: 0, apiTokens: 0 };
    let block: Block | null = null;
    let lastFence = 0;
    let calls = 0;
    const claim: Claim = {
      bucket: "credits",
      rule: "daily_api_tokens",
      limit: scenario.dailyApiTokens,
      period: { type: "day", zone: "UTC", resetHour: 0 },
      marginMs: 2_000,
      mustFit: false,
    };
    const unknown = (row: Row): number => (unknownCost === "worst" ? row.worst : row.held);

    const end = (row: Row, apiTokens: number, lingerMs: number): void => {
      row.state = "settled";
      row.apiTokens = apiTokens;
      row.endedAt = scheduler.now() + lingerMs;
      if (lingerMs <= 0) live.delete(row.id);
      settled.push({ endedAt: row.endedAt, apiTokens });
      sum.apiTokens += apiTokens;
    };
    const usedFrom = (from: number): number => {
      if (sum.from !== from) {
        settled = settled.filter(({ endedAt }) => endedAt >= from);
        sum = { from, apiTokens: settled.reduce((total, { apiTokens }) => total + apiTokens, 0) };
      }
      return sum.apiTokens;
    };

    /** Leases and tickets that have run out, and places that have lingered. */
    const bury = (): void => {
      const now = scheduler.now();
      for (const row of live.values()) {
        const isOver = row.state === "settled" ? row.endedAt <= now : row.expiresAt <= now;
        if (!isOver) continue;
        if (row.state === "held") end(row, unknown(row), 0);
        else live.delete(row.id);
      }
    };

    const reserve = (command: ReserveCommand): { admitted: Row } | { waitMs: number } => {
      const now = scheduler.now();
      const own = live.get(command.id);
      if (own?.state === "held") return { admitted: own };
      if (own?.state === "waiting") own.expiresAt = now + LEASE_MS;
      bury();
      let [held, running, ahead] = [0, 0, 0];
      let probing = false;
      for (const row of live.values()) {
        if (row.state === "waiting") {
          if (row.seq < (own?.seq ?? Number.POSITIVE_INFINITY)) ahead += 1;
          continue;
        }
        if (row.state === "held") held += row.held;
        running += 1;
        probing ||= row.probe;
      }
      const used = usedFrom(windowStart(claim, now));
      const admission = admit(command, {
        now,
        aheadInLane: ahead,
        counts: [{ used, held, ahead: 0, oldestFirst: () => [] }],
        slots: [{ occupied: running, ahead }],
        blocks: block === null ? [] : [block],
        probing: new Set(probing ? ["account"] : []),
      });
      if (admission.verdict === "deny") {
        live.delete(command.id);
        return { waitMs: admission.denial.resetsAt - now + random.between(0, 30 * SECOND_MS) };
      }
      const row: Row = own ?? {
        seq: calls,
        id: command.id,
        state: "waiting",
        fence: 0,
        expiresAt: now + LEASE_MS,
        held: command.buckets[0]?.hold ?? 0,
        worst: WORST_COST,
        apiTokens: 0,
        endedAt: 0,
        probe: false,
      };
      live.set(row.id, row);
      if (admission.verdict === "wait") return { waitMs: Math.min(250, 25 * (ahead + 1)) };
      lastFence += 1;
      Object.assign(row, {
        state: "held",
        fence: lastFence,
        probe: admission.probes.length > 0,
        expiresAt: now + LEASE_MS,
      });
      return { admitted: row };
    };

    const settle = (row: Row, apiTokens: number, lingerMs: number): boolean => {
      // The row may have been charged by others since, and forgotten.
      if (row.state !== "held") return false;
      end(row, apiTokens, lingerMs);
      return true;
    };

    const expectedOf = ({ costs }: Process): number =>
      costs.length === 0 ? EXPECTED_AT_FIRST : Math.ceil(costs.reduce((sum, cost) => sum + cost, 0) / costs.length);

    function* beat(row: Row): Task {
      for (;;) {
        yield HEARTBEAT_MS;
        yield storeMs();
        if (row.state !== "held") return;
        row.expiresAt = scheduler.now() + LEASE_MS;
      }
    }

    /** From the request to its settlement; it goes on when the caller has left. */
    function* request(process: Process, call: Call, row: Row, ended: Signal<void>): Task {
      const answer = server.send(call);
      const { leavesAfterMs } = call;
      yield leavesAfterMs === undefined ? answer : { signal: answer, atMostMs: leavesAfterMs + DRAIN_MS };
      yield storeMs();
      if (answer.value === undefined) settle(row, unknown(row), ABORT_LINGER_MS);
      else if (answer.value.kind === "answered") {
        process.costs.unshift(answer.value.apiTokens);
        process.costs.length = Math.min(process.costs.length, COSTS_REMEMBERED);
        if (settle(row, answer.value.apiTokens, 0) && row.probe) block = null;
      } else {
        if (row.state === "held") live.delete(row.id);
        if (answer.value.reason === "budget") {
          const until = row.probe
            ? scheduler.now() + 3_600_000
            : windowStart(claim, scheduler.now()) + 86_400_000 + 4_000;
          const longestMs = 25 * 3_600_000;
          if (until > (block?.until ?? 0))
            block = { name: "account", until, longestMs, code: "daily_quota", rule: claim.rule, needsProbe: true };
        }
      }
      ended.fire();
    }

    return {
      name,
      *call(process, call) {
        const id = `call-${calls}`;
        calls += 1;
        const command: ReserveCommand = {
          id,
          account: "account",
          label: "model",
          buckets: [{ name: claim.bucket, hold: expectedOf(process) }],
          claims: [claim],
          slots: [{ name: "account", limit: 1 }],
          scopes: ["account"],
          patienceMs: 60 * SECOND_MS,
          leaseMs: LEASE_MS,
        };
        for (;;) {
          yield storeMs();
          const answer = reserve(command);
          if ("waitMs" in answer) {
            yield answer.waitMs;
            continue;
          }
          const ended = createSignal();
          scheduler.start(beat(answer.admitted), process);
          scheduler.start(request(process, call, answer.admitted, ended), process);
          const { leavesAfterMs } = call;
          yield leavesAfterMs === undefined ? ended : { signal: ended, atMostMs: leavesAfterMs };
          return;
        }
      },
    };
  };
}
