import { LedgerError } from "../../errors/setup-errors.js";
import { isInForce } from "../admit.js";
import { breakerAfter } from "../breaker.js";
import { createHolder } from "../holder.js";
import {
  BREAKER,
  type LedgerStore,
  type ReserveAnswer,
  type ReserveCommand,
  type Settlement,
} from "../ledger-store.js";
import { createMisdatedWarning, MEND_BY_COMMAND } from "../misdated.js";
import { MAX_LINGER_MS, retentionMs } from "../retention.js";
import { windowResetsAt } from "../window-time.js";
import type { CallRow } from "./call-rows.js";
import { correct, end, forget, hold, join } from "./call-steps.js";
import { giveSign, reclaim } from "./holder-signs.js";
import { createOwnCalls } from "./own-calls.js";
import { createOwnTickets } from "./own-tickets.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { type ConnectionOptions, connectSqlite } from "./sqlite-connection.js";
import { countOf, decide } from "./sqlite-decision.js";
import type { SqliteFileOptions } from "./sqlite-file.js";
import { teach } from "./sqlite-lessons.js";
import type { RowsOptions, SqliteRows } from "./sqlite-rows.js";
import { createSteps, guard } from "./sqlite-steps.js";

/** Rows this old are of no use to any window that a tier may have: whose file is cleaned, the cleaner does not know. */
const LEAST_RETENTION_MS = 32 * 86_400_000;
const SETTLEMENTS_PER_CLEANING = 1_000;

/**
 * A ledger in an SQLite file: it survives restarts and is shared by the processes of one machine.
 *
 * @throws LedgerError as for every step: if the file can't be opened or written, or is not to be used.
 */
export async function createSqliteStore(
  options: SqliteFileOptions & Omit<RowsOptions, "onAhead">,
): Promise<LedgerStore> {
  const { path } = options;
  const own = createOwnCalls();
  const tickets = createOwnTickets();
  // The columns are whole numbers; a clock may count parts of a millisecond.
  const now = (): number => Math.floor(options.now());
  const onAhead = createMisdatedWarning(options.warn, MEND_BY_COMMAND);
  let retention = LEAST_RETENTION_MS;
  let settlements = 0;

  const [self, connection] = await guard(path, async () => {
    const holder = await createHolder();
    const onReplaced: ConnectionOptions["onReplaced"] = (rows, replaced) =>
      own.enterAgain(rows, { ...replaced, holder: holder.id, now: now() });
    return [holder, await retryWhileBusy(() => connectSqlite({ ...options, now, onReplaced, onAhead }))] as const;
  });
  const { read, write } = createSteps(connection, path);

  await write(({ old }) => old.remove(retention, now())).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });

  /** Looks at an account. What lost holders have left there is written down first, so that a look says what a call would meet. */
  const look = <T>(account: string, work: (rows: SqliteRows, at: number) => T): Promise<T> =>
    read((rows) => {
      const at = now();
      reclaim(rows, account, self, at);
      return work(rows, at);
    });

  return {
    name: "sqlite",
    shared: true,
    async reserve(command, { ticket } = { ticket: true }) {
      retention = Math.max(retention, retentionMs(command.claims));
      const answer = await write((rows) => {
        const at = now();
        if (own.waitsForOthers(rows, command, at)) return queuedForOthers(at);
        reclaim(rows, command.account, self, at);
        tickets.restore(rows, command, self.id);
        return reserve(rows, command, self.id, ticket, at);
      });
      if (answer.outcome === "admitted") own.admitted(command, answer.fence, answer.probes);
      if (answer.outcome !== "queued") tickets.ended(command.id);
      else if (ticket) tickets.waits(command, answer.now);
      return answer;
    },
    peek: (command) =>
      look(command.account, (rows, at) => {
        if (own.waitsForOthers(rows, command, at)) return queuedForOthers(at);
        const { closedUntil: _, ...answer } = decide(rows, command, rows.calls.find(command.id), at);
        return answer;
      }),
    heartbeat: (account, leases, leaseMs) =>
      write((rows) => {
        const at = now();
        rows.marks.setSign(account, { holder: self.id, seenAt: at, until: at + leaseMs });
        return leases.filter(({ id, fence }) => {
          const call = rows.calls.find(id);
          return call?.phase !== "held" || call.fence !== own.fenceOf(id, fence);
        });
      }),
    async settle(id, fence, settlement) {
      const isHeard = await write((rows) => {
        const at = now();
        settlements += 1;
        if (settlements % SETTLEMENTS_PER_CLEANING === 0) rows.old.remove(retention, at);
        const call = rows.calls.find(id);
        return call?.fence === own.fenceOf(id, fence) && settle(rows, call, settlement, at);
      });
      own.ended(id);
      return isHeard;
    },
    async cancel(id) {
      await write((rows) => {
        const call = rows.calls.find(id);
        if (call !== undefined) forget(rows, call);
      });
      own.ended(id);
      tickets.ended(id);
    },
    teach(account, lessons) {
      const claims = lessons.flatMap((lesson) => (lesson.kind === "use" ? [lesson.claim] : []));
      retention = Math.max(retention, retentionMs(claims));
      return write((rows) => {
        for (const lesson of lessons) teach(rows, account, own.inThisFile(account, lesson), now());
      });
    },
    learned: (account, key) => read(({ marks }) => marks.value(account, key) ?? null),
    view: (account, claims) =>
      look(account, (rows, at) => ({
        now: at,
        windows: claims.map((claim) => {
          const count = countOf(rows, account, claim, at);
          return { used: count.used, held: count.held, resetsAt: windowResetsAt(claim, count, at) };
        }),
        running: rows.totals.running(account).calls + rows.calls.lingering(account, at).length,
        waiting: rows.totals.lanes(account).reduce((sum, { count }) => sum + count, 0),
        blocks: rows.marks.blocks(account).filter((block) => block.needsProbe || isInForce(block, at)),
      })),
    liveCalls: (account, limit) => look(account, ({ calls }) => calls.live(account, limit)),
    recentCosts: (account, label, bucket, limit) =>
      read(({ charges }) => charges.recent(account, label, bucket, limit)),
    misdated: (account) => read(({ misdated }) => misdated.find(account, now())),
    redate: (account) => write(({ misdated }) => misdated.redate(account, now())),
    close: () => connection.close(),
  };
}

function reserve(
  rows: SqliteRows,
  command: ReserveCommand,
  holder: string,
  mayJoin: boolean,
  now: number,
): ReserveAnswer {
  const { account, id, leaseMs } = command;
  const known = rows.calls.find(id);
  if (known?.phase === "held") return admittedAgain(rows, command, known, now);
  if (known?.phase === "settled") throw new LedgerError(`Call ${id} has already been settled.`);
  const { closedUntil = 0, ...answer } = decide(rows, command, known, now);
  if (answer.outcome === "denied") {
    if (known !== undefined) forget(rows, known);
    return answer;
  }
  if (answer.outcome === "queued") {
    if (known === undefined && !mayJoin) return answer;
    if (known !== undefined) rows.calls.setClosed(known.seq, closedUntil);
    const ticket = known?.seq ?? join(rows, command, holder, closedUntil, now);
    giveSign(rows, account, holder, leaseMs, now);
    return { ...answer, ticket };
  }
  const fence = hold(rows, command, known, { holder, probes: answer.probes }, now);
  giveSign(rows, account, holder, leaseMs, now);
  return { ...answer, fence };
}

/** A step that is repeated: what others have used and hold is told anew. */
function admittedAgain(rows: SqliteRows, command: ReserveCommand, call: CallRow, now: number): ReserveAnswer {
  const charges = rows.charges.ofCall(call.seq);
  const used = command.claims.map((claim) => {
    const count = countOf(rows, command.account, claim, now);
    const own = charges.find(({ bucket }) => bucket === claim.bucket)?.amount ?? 0;
    return Math.max(0, count.used + count.held - own);
  });
  return { outcome: "admitted", fence: call.fence, probes: call.probes, used, now };
}

function settle(rows: SqliteRows, call: CallRow, settlement: Settlement, now: number): boolean {
  const { account } = call;
  const { amounts, estimated, lingerMs, outcome } = settlement;
  if (call.phase !== "held") {
    if (call.isReclaimed) correct(rows, call, amounts, estimated);
    return call.isReclaimed;
  }
  const freeAt = now + Math.ceil(Math.min(lingerMs, MAX_LINGER_MS));
  end(rows, call, amounts, { chargedAt: now, freeAt, isEstimated: estimated, isReclaimed: false });
  if (outcome === "answered") {
    for (const name of call.probes) {
      const block = rows.marks.block(account, name);
      // Another call may have been refused since.
      if (block !== undefined && !isInForce(block, now)) rows.marks.removeBlock(account, name);
    }
    rows.marks.removeBlock(account, BREAKER);
    rows.marks.forgetFailures(account);
  }
  if (outcome === "failed") {
    const breaker = breakerAfter(rows.marks.addFailure(account), now);
    if (breaker !== undefined) rows.marks.setBlock(account, breaker);
  }
  return true;
}

function queuedForOthers(now: number): ReserveAnswer {
  return { outcome: "queued", position: 0, movement: "after a loss", now };
}
