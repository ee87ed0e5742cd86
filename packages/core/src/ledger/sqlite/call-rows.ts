import type { LiveCall } from "../ledger-store.js";
import { MAX_LINGER_MS } from "../retention.js";
import { FIRST_AHEAD } from "../ticket-order.js";
import type { Statements } from "./sqlite-statements.js";

/** A call as it stands in the file. */
export interface CallRow {
  /** Its place among the tickets: each number is greater than all that there are, or than all below 0 for a ticket that stands ahead. */
  readonly seq: number;
  readonly account: string;
  readonly lane: string;
  readonly phase: "waiting" | "held" | "settled";
  readonly fence: number;
  /** Names of the blocks whose end it tries. */
  readonly probes: readonly string[];
  /** Charged its hold because its holder was given up. */
  readonly isReclaimed: boolean;
}

/** A call that enters the file. */
export interface NewCall extends Omit<CallRow, "seq" | "isReclaimed"> {
  readonly id: string;
  readonly label: string;
  readonly holder: string;
  readonly closedUntil: number;
  readonly startedAt: number;
  /** Whether it is a ticket that stands ahead. */
  readonly isAhead: boolean;
}

/** How a call ended. */
export interface CallEnd {
  readonly chargedAt: number;
  /** Until when its slots are kept. */
  readonly freeAt: number;
  readonly isEstimated: boolean;
  readonly isReclaimed: boolean;
}

/** The statements on the table of calls, by what they mean. */
export interface CallRows {
  find(id: string): CallRow | undefined;
  /** @returns its number */
  insert(call: NewCall): number;
  /** Makes a ticket a lease. */
  hold(seq: number, fence: number, probes: readonly string[], now: number): void;
  /** Until when a ticket waits for something else than slots. */
  setClosed(seq: number, closedUntil: number): void;
  end(seq: number, end: CallEnd): void;
  /** The amounts of a reclaimed call are the true ones now. */
  setCorrected(seq: number, isEstimated: boolean): void;
  remove(seq: number): void;
  firstTicket(account: string, lane: string): { seq: number; closedUntil: number } | undefined;
  ticketsBefore(account: string, lane: string, seq: number): number;
  /** Ended calls whose slots are kept. */
  lingering(account: string, now: number): Pick<CallRow, "lane" | "fence" | "probes">[];
  /** Names of the blocks that running calls are the probes of. */
  probing(account: string): string[];
  /** Since when the oldest call runs, if any does. */
  oldestStart(account: string): number | undefined;
  /** What a holder has that has not ended. */
  ofHolder(account: string, holder: string): CallRow[];
  /** Those that run, then those that wait, in their orders. */
  live(account: string, limit: number): LiveCall[];
}

const COLUMNS = "seq, account, lane, phase, fence, probes, reclaimed";

export function prepareCallRows({ define }: Statements): CallRows {
  const find = define(`SELECT ${COLUMNS} FROM calls WHERE id = ?`);
  const last = define("SELECT MAX(seq) AS seq FROM calls");
  const lastAhead = define("SELECT MAX(seq) AS seq FROM calls WHERE seq < 0");
  const insert = define(
    `INSERT INTO calls (seq, id, account, label, lane, holder, phase, fence, probes, closed_until, started_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const hold = define("UPDATE calls SET phase = 'held', fence = ?, probes = ?, started_at = ? WHERE seq = ?");
  const setClosed = define("UPDATE calls SET closed_until = ? WHERE seq = ? AND closed_until <> ?");
  const end = define(
    "UPDATE calls SET phase = 'settled', charged_at = ?, free_at = ?, estimated = ?, reclaimed = ? WHERE seq = ?",
  );
  const setCorrected = define("UPDATE calls SET reclaimed = 0, estimated = ? WHERE seq = ?");
  const remove = define("DELETE FROM calls WHERE seq = ?");
  const firstTicket = define(
    "SELECT seq, closed_until FROM calls WHERE account = ? AND phase = 'waiting' AND lane = ? ORDER BY seq LIMIT 1",
  );
  const ticketsBefore = define(
    "SELECT COUNT(*) AS n FROM calls WHERE account = ? AND phase = 'waiting' AND lane = ? AND seq < ?",
  );
  const lingering = define(
    `SELECT lane, fence, probes FROM calls INDEXED BY calls_lingering
     WHERE phase = 'settled' AND free_at > charged_at AND free_at > ? AND free_at <= ? AND account = ?`,
  );
  const probing = define("SELECT probes FROM calls WHERE account = ? AND phase = 'held' AND probes <> ''");
  const oldestStart = define(
    "SELECT started_at FROM calls WHERE account = ? AND phase = 'held' ORDER BY started_at LIMIT 1",
  );
  const waitingOf = define(`SELECT ${COLUMNS} FROM calls WHERE account = ? AND phase = 'waiting' AND holder = ?`);
  const heldOf = define(`SELECT ${COLUMNS} FROM calls WHERE account = ? AND phase = 'held' AND holder = ?`);
  const running = define(
    "SELECT label, started_at FROM calls WHERE account = ? AND phase = 'held' ORDER BY fence LIMIT ?",
  );
  const waiting = define(
    "SELECT label, started_at FROM calls WHERE account = ? AND phase = 'waiting' ORDER BY seq LIMIT ?",
  );

  return {
    find(id) {
      const row = find.one(id);
      return row === undefined ? undefined : toCall(row);
    },
    insert({ id, account, label, lane, holder, phase, fence, probes, closedUntil, startedAt, isAhead }) {
      // Told, since where all rows stand ahead SQLite's own next number would be one of theirs.
      const seq = isAhead
        ? Number(lastAhead.one()?.seq ?? FIRST_AHEAD) + 1
        : Math.max(0, Number(last.one()?.seq ?? 0)) + 1;
      const until = Math.ceil(closedUntil);
      insert.run(seq, id, account, label, lane, holder, phase, fence, listed(probes), until, startedAt);
      return seq;
    },
    hold: (seq, fence, probes, now) => void hold.run(fence, listed(probes), now, seq),
    setClosed(seq, closedUntil) {
      const wanted = Math.ceil(closedUntil);
      setClosed.run(wanted, seq, wanted);
    },
    end: (seq, { chargedAt, freeAt, isEstimated, isReclaimed }) =>
      void end.run(chargedAt, freeAt, isEstimated ? 1 : 0, isReclaimed ? 1 : 0, seq),
    setCorrected: (seq, isEstimated) => void setCorrected.run(isEstimated ? 1 : 0, seq),
    remove: (seq) => void remove.run(seq),
    firstTicket(account, lane) {
      const row = firstTicket.one(account, lane);
      return row === undefined ? undefined : { seq: Number(row.seq), closedUntil: Number(row.closed_until) };
    },
    ticketsBefore: (account, lane, seq) => Number(ticketsBefore.one(account, lane, seq)?.n ?? 0),
    lingering: (account, now) =>
      lingering
        .all(now, now + MAX_LINGER_MS, account)
        .map((row) => ({ lane: String(row.lane), fence: Number(row.fence), probes: listOf(row.probes) })),
    probing: (account) => probing.all(account).flatMap((row) => listOf(row.probes)),
    oldestStart(account) {
      const at = oldestStart.one(account)?.started_at;
      return at === undefined ? undefined : Number(at);
    },
    ofHolder: (account, holder) => [...waitingOf.all(account, holder), ...heldOf.all(account, holder)].map(toCall),
    live(account, limit) {
      const toLive =
        (state: LiveCall["state"]) =>
        (row: Record<string, unknown>): LiveCall => ({
          label: String(row.label),
          state,
          since: Number(row.started_at),
        });
      const held = running.all(account, limit).map(toLive("running"));
      return [...held, ...waiting.all(account, limit - held.length).map(toLive("waiting"))];
    },
  };
}

function toCall(row: Record<string, unknown>): CallRow {
  return {
    seq: Number(row.seq),
    account: String(row.account),
    lane: String(row.lane),
    phase: row.phase as CallRow["phase"],
    fence: Number(row.fence),
    probes: listOf(row.probes),
    isReclaimed: row.reclaimed === 1,
  };
}

/** Names hold no line ends. */
function listed(names: readonly string[]): string {
  return names.join("\n");
}

function listOf(text: unknown): string[] {
  return text === "" ? [] : String(text).split("\n");
}
