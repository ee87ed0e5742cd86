import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { WindowRule } from "../tier/tier.js";
import type { AccountQuery, Block, ReserveCommand } from "./ledger-store.js";
import { MAX_LINGER_MS } from "./retention.js";

/** A ticket or lease as it stands in the file. */
export interface LiveRow {
  /** Its place in the queue, and as a lease its fence: AUTOINCREMENT gives no number twice, not even a cancelled row's. */
  readonly seq: number;
  readonly id: string;
  readonly holder: string;
  readonly state: "waiting" | "held";
  readonly probe: boolean;
  readonly expiresAt: number;
  /** When its holder gave the last sign. */
  readonly seenAt: number;
  /** Since when it waits, or runs. */
  readonly since: number;
  readonly heldApiTokens: number;
  readonly model: string;
  readonly modelClass: ReserveCommand["modelClass"];
  readonly surface: ReserveCommand["surface"];
}

/** The statements of the SQLite ledger, by what they mean. Each is prepared once. */
export interface SqliteRows {
  find(id: string): { state: "waiting" | "held" | "settled"; seq: number; probe: boolean } | undefined;
  live(account: string): LiveRow[];
  /** How many ended calls keep their place still, and whether one of them was a probe. */
  lingering(account: string, now: number): { count: number; probing: boolean };
  used(rule: WindowRule, query: AccountQuery, from: number): number;
  entriesNewestFirst(
    rule: WindowRule,
    query: AccountQuery,
    from: number,
  ): Iterable<{ amount: number; endedAt: number }>;
  /** Adds a ticket, or a lease where the call is admitted at once; returns its number. */
  insert(command: ReserveCommand, holder: string, state: "waiting" | "held", probe: boolean, now: number): number;
  keepTicket(id: string, expiresAt: number): void;
  /** Makes a ticket a lease. */
  hold(id: string, probe: boolean, now: number, expiresAt: number): void;
  prolong(id: string, fence: number, now: number, expiresAt: number): boolean;
  settle(id: string, fence: number, endedAt: number, apiTokens: number, estimated: boolean): boolean;
  remove(id: string): void;
  block(account: string): Block | null;
  setBlock(account: string, block: Block): void;
  clearBlockOf(id: string): void;
  learned(account: string, key: string): number | null;
  learn(account: string, key: string, value: number, now: number): void;
  recentCosts(account: string, model: string, limit: number): number[];
  removeEndedBefore(endedAt: number): void;
}

/** Prepares the statements on an open file that has the schema. */
export function prepareRows(db: DatabaseSync): SqliteRows {
  const prepared: Map<string, StatementSync> = new Map();
  const statement = (sql: string): StatementSync => {
    let found = prepared.get(sql);
    if (found === undefined) {
      found = db.prepare(sql);
      prepared.set(sql, found);
    }
    return found;
  };
  const run = (sql: string, ...values: (string | number)[]): boolean => statement(sql).run(...values).changes > 0;
  const one = (sql: string, ...values: (string | number)[]): Record<string, unknown> | undefined =>
    statement(sql).get(...values);

  return {
    find(id) {
      const row = one("SELECT state, seq, probe FROM calls WHERE id = ?", id);
      return row === undefined
        ? undefined
        : { state: row.state as LiveRow["state"], seq: Number(row.seq), probe: row.probe === 1 };
    },
    live: (account) =>
      statement(
        `SELECT seq, id, holder, state, probe, started_at, seen_at, expires_at, held_api_tokens, model, class, surface
         FROM calls WHERE account = ? AND state <> 'settled' ORDER BY seq`,
      )
        .all(account)
        .map((row) => ({
          seq: Number(row.seq),
          id: String(row.id),
          holder: String(row.holder),
          state: row.state as LiveRow["state"],
          probe: row.probe === 1,
          expiresAt: Number(row.expires_at),
          seenAt: Number(row.seen_at),
          since: Number(row.started_at),
          heldApiTokens: Number(row.held_api_tokens),
          model: String(row.model),
          modelClass: row.class as LiveRow["modelClass"],
          surface: row.surface as LiveRow["surface"],
        })),
    lingering(account, now) {
      const found = one(
        `SELECT COUNT(*) AS n, MAX(probe) AS probing FROM calls
         WHERE account = ? AND state = 'settled' AND ended_at > ? AND ended_at <= ?`,
        account,
        now,
        now + MAX_LINGER_MS,
      );
      return { count: Number(found?.n ?? 0), probing: found?.probing === 1 };
    },
    used(rule, query, from) {
      const { where, values } = windowFilter(rule, query, from);
      return Number(
        one(`SELECT TOTAL(${amountColumn(rule)}) AS total FROM calls WHERE ${where}`, ...values)?.total ?? 0,
      );
    },
    *entriesNewestFirst(rule, query, from) {
      const { where, values } = windowFilter(rule, query, from);
      const sql = `SELECT ${amountColumn(rule)} AS amount, ended_at FROM calls WHERE ${where} ORDER BY ended_at DESC`;
      for (const row of statement(sql).iterate(...values)) {
        yield { amount: Number(row.amount), endedAt: Number(row.ended_at) };
      }
    },
    insert: (command, holder, state, probe, now) =>
      Number(
        statement(
          `INSERT INTO calls
             (id, account, model, class, surface, holder, state, probe, started_at, seen_at, expires_at, held_api_tokens)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          command.id,
          command.account,
          command.model,
          command.modelClass,
          command.surface,
          holder,
          state,
          probe ? 1 : 0,
          now,
          now,
          now + command.leaseMs,
          command.heldApiTokens,
        ).lastInsertRowid,
      ),
    keepTicket(id, expiresAt) {
      run("UPDATE calls SET expires_at = ? WHERE id = ? AND state = 'waiting'", expiresAt, id);
    },
    hold(id, probe, now, expiresAt) {
      run(
        `UPDATE calls SET state = 'held', probe = ?, started_at = ?, seen_at = ?, expires_at = ?
         WHERE id = ? AND state = 'waiting'`,
        probe ? 1 : 0,
        now,
        now,
        expiresAt,
        id,
      );
    },
    prolong: (id, fence, now, expiresAt) =>
      run(
        "UPDATE calls SET seen_at = ?, expires_at = ? WHERE id = ? AND seq = ? AND state = 'held'",
        now,
        expiresAt,
        id,
        fence,
      ),
    settle: (id, fence, endedAt, apiTokens, estimated) =>
      run(
        `UPDATE calls SET state = 'settled', ended_at = ?, api_tokens = ?, estimated = ?
         WHERE id = ? AND seq = ? AND state = 'held'`,
        endedAt,
        apiTokens,
        estimated ? 1 : 0,
        id,
        fence,
      ),
    remove(id) {
      run("DELETE FROM calls WHERE id = ? AND state <> 'settled'", id);
    },
    block(account) {
      const row = one("SELECT until, code, rule FROM blocks WHERE account = ?", account);
      if (row === undefined) return null;
      return { until: Number(row.until), code: row.code as Block["code"], rule: String(row.rule) };
    },
    setBlock(account, block) {
      run(
        `INSERT INTO blocks (account, until, code, rule) VALUES (?, ?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET until = excluded.until, code = excluded.code, rule = excluded.rule`,
        account,
        block.until,
        block.code,
        block.rule,
      );
    },
    clearBlockOf(id) {
      run("DELETE FROM blocks WHERE account = (SELECT account FROM calls WHERE id = ?)", id);
    },
    learned(account, key) {
      const row = one("SELECT value FROM learned WHERE account = ? AND key = ?", account, key);
      return row === undefined ? null : Number(row.value);
    },
    learn(account, key, value, now) {
      run(
        "INSERT OR REPLACE INTO learned (account, key, value, learned_at) VALUES (?, ?, ?, ?)",
        account,
        key,
        value,
        now,
      );
    },
    recentCosts: (account, model, limit) =>
      statement(
        `SELECT api_tokens FROM calls WHERE account = ? AND model = ? AND state = 'settled' AND estimated = 0
         ORDER BY ended_at DESC LIMIT ?`,
      )
        .all(account, model, limit)
        .map((row) => Number(row.api_tokens)),
    removeEndedBefore(endedAt) {
      run("DELETE FROM calls WHERE state = 'settled' AND ended_at < ?", endedAt);
      run("DELETE FROM learned WHERE learned_at < ?", endedAt);
    },
  };
}

function amountColumn(rule: WindowRule): string {
  return rule.metric === "requests" ? "1" : "api_tokens";
}

/** A calendar window has no upper edge: rows from before a clock was set back must go on counting. */
function windowFilter(
  rule: WindowRule,
  query: AccountQuery,
  from: number,
): { where: string; values: (string | number)[] } {
  let where = "account = ? AND state = 'settled' AND ended_at >= ?";
  const values: (string | number)[] = [query.account, from];
  if (rule.per === "model") {
    where += " AND model = ?";
    values.push(query.model);
  }
  if (rule.class !== undefined) {
    where += " AND class = ?";
    values.push(rule.class);
  }
  if (rule.surface !== "both") {
    where += " AND surface = ?";
    values.push(rule.surface);
  }
  return { where, values };
}
