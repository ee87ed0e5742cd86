import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LedgerStore, ReserveCommand } from "../../packages/core/src/ledger/ledger-store.ts";
import type { CoreParts } from "./bundle-core.ts";
import { answerParent } from "./child.ts";
import { benchCommand, COST, claimsOfTier } from "./ledger-call.ts";
import { median, quantile } from "./statistics.ts";

export interface EngineQuestion {
  /** A module that exports {@link CoreParts}. */
  readonly bundle: string;
  readonly folder: string;
  readonly quick: boolean;
}

export interface EngineFigure {
  readonly name: string;
  readonly medianUs: number;
  readonly p99Us: number;
  readonly budgetUs?: number;
}

const MODEL = "gpt-4o-mini";

answerParent(async ({ bundle, folder, quick }: EngineQuestion) => {
  const core = (await import(pathToFileURL(bundle).href)) as CoreParts;
  const pure = quick ? 2_000 : 100_000;
  const pairs = quick ? 200 : 2_000;
  const now = Date.now;
  const memory = core.createMemoryStore({ now });
  const path = join(folder, "ledger.sqlite");
  const sqlite = await core.createSqliteStore({ path, synchronous: "normal", now, warn: console.error });
  try {
    return [
      ...timeDecide(core, pure),
      timeAdmit(core, pure),
      ...(await timeStore(core, memory, { pairs: pairs * 2, pairsPerAccount: 20, budgetUs: 10 })),
      ...(await timeStore(core, sqlite, { pairs, pairsPerAccount: 100, budgetUs: 150 })),
    ];
  } finally {
    await memory.close();
    await sqlite.close();
  }
});

function timeDecide(core: CoreParts, calls: number): EngineFigure[] {
  const body = chatBody();
  const found = core.createCatalog().find(MODEL);
  if (found.kind !== "model") throw new Error(`${MODEL} is not in the catalog.`);
  const { model } = found;
  const request = core.readRequest("chat", body);
  const { unknownRates } = core.laplas;
  const context = { request, model, onExcess: "adjust", refusedForCost: false, unknownRates } as const;
  return [
    {
      name: "`decide`, chat of 10 messages",
      ...timeCalls(calls, () => core.decide(core.freeTier, context).action === "adjust"),
      budgetUs: 10,
    },
    {
      name: "read the body and `decide`",
      ...timeCalls(calls, () => {
        const read = core.readRequest("chat", body);
        return core.decide(core.freeTier, { ...context, request: read }).action === "adjust";
      }),
    },
  ];
}

function timeAdmit(core: CoreParts, calls: number): EngineFigure {
  const command = commandOf(core, "bench");
  const counts = command.claims.map(() => ({ used: 20_000, held: 300, ahead: 0, oldestFirst: () => [] }));
  const view = {
    now: Date.now(),
    aheadInLane: 0,
    counts,
    slots: [{ occupied: 0, ahead: 0 }],
    blocks: [],
    probing: new Set<string>(),
  };
  return {
    name: "`admit`",
    ...timeCalls(calls, () => core.admit(command, view).verdict === "admit"),
  };
}

interface StoreLoad {
  readonly pairs: number;
  /**
   * Calls on one full account before the next one is taken, so that "1,000 rows" stays true. Few for memory: it looks for
   * old rows at 1,024, and meeting that once per account would make the rare case the typical one.
   */
  readonly pairsPerAccount: number;
  readonly budgetUs: number;
}

async function timeStore(
  core: CoreParts,
  store: LedgerStore,
  { pairs, pairsPerAccount, budgetUs }: StoreLoad,
): Promise<EngineFigure[]> {
  const figures: EngineFigure[] = [];
  for (const rows of [0, 1_000]) {
    // No row means a new account for every call.
    const pairsHere = rows === 0 ? 1 : pairsPerAccount;
    const timed: number[] = [];
    let account = "";
    for (let pair = -pairs / 2; pair < pairs; pair += 1) {
      if (pair % pairsHere === 0) {
        account = `${rows}-${pair}`;
        for (let row = 0; row < rows; row += 1) await reserveAndSettle(store, commandOf(core, account));
      }
      const command = commandOf(core, account);
      const startedAt = performance.now();
      await reserveAndSettle(store, command);
      // The first third warms up.
      if (pair >= 0) timed.push(performance.now() - startedAt);
    }
    const title = store.name === "memory" ? "memory" : "SQLite";
    const name = `reserve + settle, ${title}, ${rows.toLocaleString("en")} rows in the day`;
    figures.push({ name, ...microseconds(timed), budgetUs });
  }
  return figures;
}

async function reserveAndSettle(store: LedgerStore, command: ReserveCommand): Promise<void> {
  const answer = await store.reserve(command);
  if (answer.outcome !== "admitted") throw new Error(`A call was ${answer.outcome}.`);
  await store.settle(command.id, answer.fence, {
    amounts: { credits: COST },
    estimated: false,
    lingerMs: 0,
    outcome: "answered",
  });
}

function commandOf({ freeTier }: CoreParts, account: string): ReserveCommand {
  return { ...benchCommand(claimsOfTier(freeTier), account), slots: [{ name: "account", limit: 1 }] };
}

function timeCalls(calls: number, call: () => boolean): Pick<EngineFigure, "medianUs" | "p99Us"> {
  const timed = new Float64Array(calls);
  let asExpected = 0;
  for (let index = -calls / 2; index < calls; index += 1) {
    const startedAt = performance.now();
    if (call()) asExpected += 1;
    // The first third warms up.
    if (index >= 0) timed[index] = performance.now() - startedAt;
  }
  if (asExpected !== calls * 1.5) throw new Error("A measured step did not do what it is measured for.");
  return microseconds(Array.from(timed));
}

function microseconds(ms: readonly number[]): Pick<EngineFigure, "medianUs" | "p99Us"> {
  return { medianUs: median(ms) * 1000, p99Us: quantile(ms, 0.99) * 1000 };
}

/** A talk of ten messages with tools, as an agent sends it; no output limit, so the tier adds one. */
function chatBody(): Record<string, unknown> {
  const text = "What did the last report say about the rivers of the north, and whom should I ask for more? ".repeat(5);
  const messages = Array.from({ length: 10 }, (_, index) => {
    const role = index === 0 ? "system" : index % 2 === 1 ? "user" : "assistant";
    return { role, content: index === 9 ? [{ type: "text", text }] : text };
  });
  const parameters = { type: "object", properties: { query: { type: "string" } }, required: ["query"] };
  return {
    model: MODEL,
    temperature: 0.2,
    messages,
    tools: [{ type: "function", function: { name: "search", description: "Searches reports.", parameters } }],
  };
}
