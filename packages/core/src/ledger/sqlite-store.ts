import { LedgerError } from "../errors/setup-errors.js";
import type { WindowRule } from "../tier/tier.js";
import { admit, type WindowCount, windowResetsAt, windowStart } from "./admit.js";
import { createHolder, type Holder } from "./holder.js";
import type { AccountQuery, LedgerStore, ReserveAnswer, ReserveCommand } from "./ledger-store.js";
import { createOwnCalls } from "./own-calls.js";
import { MAX_LINGER_MS, placeOfDeadUntil, retentionMs } from "./retention.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { type ConnectionOptions, connectSqlite } from "./sqlite-connection.js";
import type { SqliteFileOptions } from "./sqlite-file.js";
import type { LiveRow, SqliteRows } from "./sqlite-rows.js";
import { createSteps, guard } from "./sqlite-steps.js";
import { amountOf, countsIn } from "./window-match.js";

/** Rows this old are of no use to any window that a tier may have: whose file is cleaned, the cleaner does not know. */
const LEAST_RETENTION_MS = 32 * 86_400_000;
const SETTLEMENTS_PER_CLEANING = 1_000;

/**
 * A ledger in an SQLite file: it survives restarts and is shared by the processes of one machine.
 *
 * @throws LedgerError as for every step: if the file can't be opened or written, or is not to be used.
 */
export async function createSqliteStore(options: SqliteFileOptions): Promise<LedgerStore> {
  const { path } = options;
  const own = createOwnCalls();
  // The columns are whole numbers; a clock may count parts of a millisecond.
  const now = (): number => Math.floor(options.now());
  let retention = LEAST_RETENTION_MS;
  let settlements = 0;

  const [holder, connection] = await guard(path, async () => {
    const self = await createHolder();
    const onReplaced: ConnectionOptions["onReplaced"] = (rows, replaced) =>
      own.enterAgain(rows, { ...replaced, holder: self.id, now: now() });
    return [self, await retryWhileBusy(() => connectSqlite({ ...options, now, onReplaced }))] as const;
  });
  const { read, write } = createSteps(connection, path);

  await write((rows) => rows.removeEndedBefore(now() - retention)).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });

  return {
    name: "sqlite",
    shared: true,
    async reserve(command) {
      retention = Math.max(retention, retentionMs(command.windows));
      const answer = await write((rows) => {
        const at = now();
        return own.waitsForOthers(rows, command, at) ? queuedForOthers(at) : reserve(rows, holder, command, at);
      });
      if (answer.outcome === "admitted") own.admitted(command, answer.fence, answer.probe);
      return answer;
    },
    peek: (command) =>
      read((rows) => {
        const at = now();
        if (own.waitsForOthers(rows, command, at)) return queuedForOthers(at);
        return decide(rows, look(rows, holder, command.account, at), command, at);
      }),
    heartbeat: (id, fence, leaseMs) => {
      const at = now();
      return write((rows) => rows.prolong(id, own.fenceOf(id, fence), at, at + leaseMs));
    },
    async settle(id, fence, settlement) {
      const isHeard = await write((rows) => {
        const at = now();
        settlements += 1;
        if (settlements % SETTLEMENTS_PER_CLEANING === 0) rows.removeEndedBefore(at - retention);
        const endedAt = at + Math.ceil(Math.min(settlement.lingerMs, MAX_LINGER_MS));
        const { apiTokens, estimated, clearsBlock } = settlement;
        if (!rows.settle(id, own.fenceOf(id, fence), endedAt, apiTokens, estimated)) return false;
        if (clearsBlock) rows.clearBlockOf(id);
        return true;
      });
      own.ended(id);
      return isHeard;
    },
    async cancel(id) {
      await write((rows) => rows.remove(id));
      own.ended(id);
    },
    block: (account, block) => write((rows) => rows.setBlock(account, { ...block, until: Math.ceil(block.until) })),
    learned: (account, key) => read((rows) => rows.learned(account, key)),
    learn: (account, key, value) => write((rows) => rows.learn(account, key, value, now())),
    view: (query) =>
      read((rows) => {
        const at = now();
        const { live, held, lost } = look(rows, holder, query.account, at);
        const windows = query.windows.map((rule) => {
          const count = countOf(rows, rule, query, { held, lost }, at);
          return { used: count.used, held: count.held, resetsAt: windowResetsAt(rule, count, at) };
        });
        const running = held.length + keptPlaces({ lost }, at).length + rows.lingering(query.account, at).count;
        return { now: at, windows, running, waiting: live.length - held.length, block: rows.block(query.account) };
      }),
    liveCalls: (account, limit) =>
      read((rows) => {
        const { live, held } = look(rows, holder, account, now());
        const waiting = live.filter((row) => row.state === "waiting");
        return [...held, ...waiting].slice(0, limit).map(({ model, state, since }) => ({
          model,
          state: state === "held" ? "running" : "waiting",
          since,
        }));
      }),
    recentCosts: (account, model, limit) => read((rows) => rows.recentCosts(account, model, limit)),
    close: () => connection.close(),
  };
}

function reserve(rows: SqliteRows, holder: Holder, command: ReserveCommand, now: number): ReserveAnswer {
  const known = rows.find(command.id);
  if (known?.state === "held") {
    const { held, lost } = look(rows, holder, command.account, now);
    const isOther = ({ seq }: LiveRow): boolean => seq !== known.seq;
    const others = { held: held.filter(isOther), lost: lost.filter(isOther) };
    const used = command.windows.map((rule) => useOf(countOf(rows, rule, command, others, now)));
    return { outcome: "admitted", fence: known.seq, probe: known.probe, used, now };
  }
  if (known?.state === "settled") throw new LedgerError(`Call ${command.id} has already been settled.`);
  // Whoever asks gives a sign: however late it comes, its ticket is not taken from it.
  if (known !== undefined) rows.keepTicket(command.id, now + command.leaseMs);
  const seen = look(rows, holder, command.account, now);
  buryDead(rows, seen, now);
  const answer = decide(rows, { ...seen, lost: [] }, command, now);
  if (answer.outcome === "denied") {
    if (known !== undefined) rows.remove(command.id);
    return answer;
  }
  if (answer.outcome === "queued") {
    if (known === undefined) rows.insert(command, holder.id, "waiting", false, now);
    return answer;
  }
  if (known === undefined) return { ...answer, fence: rows.insert(command, holder.id, "held", answer.probe, now) };
  rows.hold(command.id, answer.probe, now, now + command.leaseMs);
  return { ...answer, fence: known.seq };
}

/** The decision on what was seen; the fence of an admission is the row's number, which only writing gives. */
function decide(rows: SqliteRows, seen: Look, command: ReserveCommand, now: number): ReserveAnswer {
  const { account } = command;
  const own = seen.live.find((row) => row.id === command.id)?.seq ?? Number.POSITIVE_INFINITY;
  const ahead = seen.live.filter((row) => row.state === "waiting" && row.seq < own).length;
  const lingering = rows.lingering(account, now);
  const kept = keptPlaces(seen, now);
  const live = seen.held.length + kept.length + lingering.count;
  const windows = command.windows.map((rule) => countOf(rows, rule, command, seen, now));
  const probing = lingering.probing || [...seen.held, ...kept].some((row) => row.probe);
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
      const used = windows.map(useOf);
      return { outcome: "admitted", fence: 0, probe: admission.probe, used, now };
    }
  }
}

/** Takes the tickets of dead holders away, and charges the rows they left behind: their requests may have been answered. */
function buryDead(rows: SqliteRows, { dead, lost }: Look, now: number): void {
  for (const { id } of dead) rows.remove(id);
  for (const { id, seq, seenAt, heldApiTokens } of lost)
    rows.settle(id, seq, placeOfDeadUntil(seenAt, now), heldApiTokens, true);
}

/** The places that are kept for requests whose sender is dead. */
function keptPlaces({ lost }: Pick<Look, "lost">, now: number): LiveRow[] {
  return lost.filter(({ seenAt }) => placeOfDeadUntil(seenAt, now) > now);
}

/** A request of a living process may run for long; a call that waits asks again and again, or it is not there. */
function isPresent(row: LiveRow, holder: Holder, now: number): boolean {
  const state = holder.stateOf(row.holder);
  if (state === "dead") return false;
  return now < row.expiresAt || (state === "alive" && row.state === "held");
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

function queuedForOthers(now: number): ReserveAnswer {
  return { outcome: "queued", position: 0, movement: "after a loss", now };
}

function useOf({ used, held }: WindowCount): number {
  return used + held;
}
