import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../errors/setup-errors.js";
import type { WindowRule } from "../tier/tier.js";
import { admit, type WindowCount, windowResetsAt, windowStart } from "./admit.js";
import { createHolder, type Holder } from "./holder.js";
import type { AccountQuery, LedgerStore, ReserveAnswer, ReserveCommand } from "./ledger-store.js";
import { MAX_LINGER_MS, retentionMs } from "./retention.js";
import { isBusy, openSqliteFile, type SqliteFileOptions } from "./sqlite-file.js";
import { type LiveRow, prepareRows, type SqliteRows } from "./sqlite-rows.js";
import { amountOf, countsIn } from "./window-match.js";

/** Rows this old are of no use to any window that a tier may have: whose file is cleaned, the cleaner does not know. */
const LEAST_RETENTION_MS = 32 * 86_400_000;
const SETTLEMENTS_PER_CLEANING = 1_000;
/** How long a writer tries for the lock. Nobody holds it for longer than one step. */
const LOCK_PATIENCE_MS = 5_000;

/**
 * A ledger in an SQLite file: it survives restarts and is shared by the processes of one machine.
 *
 * @throws LedgerError for a file of a newer version. UnwritableFileError if the file can't be written.
 */
export async function createSqliteStore(options: SqliteFileOptions): Promise<LedgerStore> {
  const db = await retryWhileBusy(() => openSqliteFile(options)).catch((error: unknown) => {
    throw isBusy(error) ? storeError(options.path, error) : error;
  });
  const rows = prepareRows(db);
  const holder = await createHolder();
  const { path } = options;
  // The columns are whole numbers; a clock may count parts of a millisecond.
  const now = (): number => Math.floor(options.now());
  let retention = LEAST_RETENTION_MS;
  let settlements = 0;

  const write = <T>(step: () => T): Promise<T> => guard(path, () => retryWhileBusy(() => transaction(db, step)));
  const read = <T>(step: () => T): Promise<T> => guard(path, () => retryWhileBusy(step));

  await write(() => rows.removeEndedBefore(now() - retention));

  return {
    name: "sqlite",
    shared: true,
    reserve(command) {
      retention = Math.max(retention, retentionMs(command.windows));
      return write(() => reserve(rows, holder, command, now()));
    },
    peek: (command) =>
      read(() => {
        const at = now();
        return decide(rows, look(rows, holder, command.account, at), command, at);
      }),
    heartbeat: (id, fence, leaseMs) => write(() => rows.prolong(id, fence, now() + leaseMs)),
    settle: (id, fence, settlement) =>
      write(() => {
        const at = now();
        settlements += 1;
        if (settlements % SETTLEMENTS_PER_CLEANING === 0) rows.removeEndedBefore(at - retention);
        const endedAt = at + Math.ceil(Math.min(settlement.lingerMs, MAX_LINGER_MS));
        if (!rows.settle(id, fence, endedAt, settlement.apiTokens, settlement.estimated)) return false;
        if (settlement.clearsBlock) rows.clearBlockOf(id);
        return true;
      }),
    cancel: (id) => write(() => rows.remove(id)),
    block: (account, block) => write(() => rows.setBlock(account, { ...block, until: Math.ceil(block.until) })),
    learned: (account, key) => read(() => rows.learned(account, key)),
    learn: (account, key, value) => write(() => rows.learn(account, key, value, now())),
    view: (query) =>
      read(() => {
        const at = now();
        const { live, held, lost } = look(rows, holder, query.account, at);
        const windows = query.windows.map((rule) => {
          const count = countOf(rows, rule, query, { held, lost }, at);
          return { used: count.used, held: count.held, resetsAt: windowResetsAt(rule, count, at) };
        });
        const running = held.length + rows.lingering(query.account, at).count;
        return { now: at, windows, running, waiting: live.length - held.length, block: rows.block(query.account) };
      }),
    liveCalls: (account, limit) =>
      read(() => {
        const { live, held } = look(rows, holder, account, now());
        const waiting = live.filter((row) => row.state === "waiting");
        return [...held, ...waiting].slice(0, limit).map(({ model, state, since }) => ({
          model,
          state: state === "held" ? "running" : "waiting",
          since,
        }));
      }),
    recentCosts: (account, model, limit) => read(() => rows.recentCosts(account, model, limit)),
    close: async () => {
      if (db.isOpen) db.close();
    },
  };
}

function reserve(rows: SqliteRows, holder: Holder, command: ReserveCommand, now: number): ReserveAnswer {
  const known = rows.find(command.id);
  if (known?.state === "held") {
    return { outcome: "admitted", fence: known.seq, probe: known.probe, used: [], now };
  }
  if (known?.state === "settled") throw new LedgerError(`Call ${command.id} has already been settled.`);
  const seen = look(rows, holder, command.account, now);
  buryDead(rows, seen, now);
  const answer = decide(rows, { ...seen, lost: [] }, command, now);
  if (answer.outcome === "denied") {
    if (known !== undefined) rows.remove(command.id);
    return answer;
  }
  const expiresAt = now + command.leaseMs;
  if (answer.outcome === "queued") {
    if (known === undefined) rows.insert(command, holder.id, "waiting", false, now);
    else rows.keepTicket(command.id, expiresAt);
    return answer;
  }
  if (known === undefined) return { ...answer, fence: rows.insert(command, holder.id, "held", answer.probe, now) };
  rows.hold(command.id, answer.probe, now, expiresAt);
  return { ...answer, fence: known.seq };
}

/** The decision on what was seen; the fence of an admission is the row's number, which only writing gives. */
function decide(rows: SqliteRows, seen: Look, command: ReserveCommand, now: number): ReserveAnswer {
  const { account } = command;
  const own = seen.live.find((row) => row.id === command.id)?.seq ?? Number.POSITIVE_INFINITY;
  const ahead = seen.live.filter((row) => row.state === "waiting" && row.seq < own).length;
  const lingering = rows.lingering(account, now);
  const live = seen.held.length + lingering.count;
  const windows = command.windows.map((rule) => countOf(rows, rule, command, seen, now));
  const probing = lingering.probing || seen.held.some((row) => row.probe);
  const admission = admit(command, { now, ahead, live, probing, windows, block: rows.block(account) });
  switch (admission.verdict) {
    case "deny":
      return { outcome: "denied", ...admission.denial };
    case "wait":
      // Whoever gets a place leaves the queue, and whoever ends leaves the holders.
      return {
        outcome: "queued",
        position: ahead,
        movement: `${ahead}/${seen.held.map((row) => row.seq)}/${live}`,
        now,
      };
    case "admit": {
      const used = windows.map((count) => count.used + count.held);
      return { outcome: "admitted", fence: 0, probe: admission.probe, used, now };
    }
  }
}

/** Takes the tickets of dead holders away, and charges the rows they left behind: their requests may have been answered. */
function buryDead(rows: SqliteRows, { dead, lost }: Look, now: number): void {
  for (const { id } of dead) rows.remove(id);
  for (const { id, seq, heldApiTokens } of lost) rows.settle(id, seq, now, heldApiTokens, true);
}

function isPresent(row: LiveRow, holder: Holder, now: number): boolean {
  const state = holder.stateOf(row.holder);
  return state === "unknown" ? now < row.expiresAt : state === "alive";
}

interface Look {
  readonly live: readonly LiveRow[];
  /** Those of the live rows that are no tickets. */
  readonly held: readonly LiveRow[];
  /** Held rows of dead holders, until the next `reserve` charges them: who only looks has to count them as well. */
  readonly lost: readonly LiveRow[];
  /** Tickets of dead holders. */
  readonly dead: readonly LiveRow[];
}

function look(rows: SqliteRows, holder: Holder, account: string, now: number): Look {
  const all = rows.live(account);
  const live = all.filter((row) => isPresent(row, holder, now));
  const gone = live.length === all.length ? [] : all.filter((row) => !live.includes(row));
  const isHeld = (row: LiveRow): boolean => row.state === "held";
  return {
    live,
    held: live.filter(isHeld),
    lost: gone.filter(isHeld),
    dead: gone.filter((row) => !isHeld(row)),
  };
}

function countOf(
  rows: SqliteRows,
  rule: WindowRule,
  query: AccountQuery,
  { held, lost }: Pick<Look, "held" | "lost">,
  now: number,
): WindowCount {
  const from = windowStart(rule, now);
  const sum = (some: readonly LiveRow[]): number =>
    some.reduce((total, row) => total + (countsIn(rule, row, query.model) ? amountOf(rule, row.heldApiTokens) : 0), 0);
  return {
    used: rows.used(rule, query, from) + sum(lost),
    held: sum(held),
    entriesNewestFirst: () => rows.entriesNewestFirst(rule, query, from),
  };
}

function transaction<T>(db: DatabaseSync, step: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = step();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // Some failures, a full disk among them, have rolled back already.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** Waits for another process's lock without blocking the event loop, which SQLite's own busy wait would. */
async function retryWhileBusy<T>(step: () => T | Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 9));
  }
}

async function guard<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw LedgerError.isInstance(error) ? error : storeError(path, error);
  }
}

function storeError(path: string, error: unknown): LedgerError {
  const reason = isBusy(error)
    ? `another process has held its lock for ${LOCK_PATIENCE_MS} ms`
    : (error as Error).message;
  return new LedgerError(
    `The ledger ${path} failed, so nothing was sent uncounted: ${reason}. Mend the file's disk or name another in option "ledger" (LAPLAS_LEDGER).`,
    { cause: error },
  );
}
