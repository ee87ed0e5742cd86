import type { DatabaseSync } from "node:sqlite";

/**
 * Files of the first edition, formats 1 to 3: one table of calls that knew models, classes and surfaces. What they hold is copied in the
 * transaction that makes the new tables, and their tables are dropped. A process of the first edition that still has the file open finds
 * no column that it knows, and sends nothing. Tickets are not copied: those who wait there can't be admitted any more.
 */

const DAY_MS = 86_400_000;
/** Longest block that the first edition set: to the end of a day, or of a window that was assumed for one. */
const LONGEST_BLOCK_MS = 32 * DAY_MS;
/** Calls that ended within this time may count in any window of a tier; older ones in windows of the whole account alone. */
const RECENT_MS = 2 * DAY_MS;
/** As long as the first edition's own leases: its holders can't give a sign any more. */
const LEASE_MS = 30_000;

/** What brings a file of an older format to the one after it. */
const STEPS: Readonly<Record<number, string>> = {
  // Refused prices became one of several things that the server teaches.
  1: `CREATE TABLE IF NOT EXISTS learned (
        account TEXT NOT NULL, key TEXT NOT NULL, value REAL NOT NULL, learned_at INTEGER NOT NULL, PRIMARY KEY (account, key)
      ) STRICT;
      INSERT OR IGNORE INTO learned SELECT account, 'price:' || price_key, until, until FROM refused_prices;
      DROP TABLE refused_prices;`,
  // When a holder gave its last sign tells how long its slot is kept after it has died.
  2: "ALTER TABLE calls ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;",
};

/** Makes room for the tables of today. @param version the file's format */
export function setFirstEditionAside(db: DatabaseSync, version: number): void {
  for (let step = version; step < 3; step += 1) db.exec(STEPS[step] ?? "");
  db.exec(`
    DROP INDEX IF EXISTS calls_live;
    DROP INDEX IF EXISTS calls_ended;
    DROP INDEX IF EXISTS calls_costs;
    ALTER TABLE calls RENAME TO first_calls;`);
}

/** Copies what was set aside, and drops it. */
export function copyFirstEdition(db: DatabaseSync, now: number): void {
  db.exec(`
    INSERT INTO calls (seq, id, account, label, lane, holder, phase, fence, probes, started_at, charged_at, free_at, estimated)
      SELECT seq, id, account, model, char(10, 10) || 'account', holder, state, seq, CASE probe WHEN 0 THEN '' ELSE 'account' END,
        started_at, ended_at, ended_at, estimated
      FROM first_calls WHERE state <> 'waiting';
    ${firstEditionBuckets()
      .map((bucket) => copyCharges(bucket, now))
      .join("")}

    INSERT INTO sums (account, kind, name, amount, calls)
      SELECT account, 'running', '', MAX(seq), COUNT(*) FILTER (WHERE state = 'held') FROM first_calls GROUP BY account;
    INSERT INTO sums (account, kind, name, calls) SELECT account, 'slot', 'account', COUNT(*) FROM calls WHERE phase = 'held' GROUP BY account;
    INSERT INTO sums (account, kind, name, amount, from_at, calls)
      SELECT account, 'held', bucket, SUM(amount), SUM(call), COUNT(*) FROM charges WHERE phase = 'held' GROUP BY account, bucket;

    INSERT INTO marks (account, kind, name, seen_at, until)
      SELECT account, 'sign', holder, MAX(seen_at), ${now + LEASE_MS} FROM first_calls WHERE state = 'held' GROUP BY account, holder;
    INSERT INTO marks (account, kind, name, until, longest_ms, code, rule, needs_probe)
      SELECT account, 'block', 'account', until, ${LONGEST_BLOCK_MS}, code, rule, 1 FROM blocks;
    INSERT INTO marks (account, kind, name, value, seen_at) SELECT account, 'value', key, value, learned_at FROM learned;

    DROP TABLE first_calls;
    DROP TABLE blocks;
    DROP TABLE learned;`);
}

/** A bucket that a window of the first edition counted in, as SQL over a row of its calls. */
interface FirstEditionBucket {
  readonly name: string;
  readonly meter: "credits" | "requests";
  /** Whether calls of all classes, surfaces and models count in it. */
  readonly isWhole: boolean;
}

/**
 * All buckets that a row may count in: by the meter, and by the rule's class, surface and model where the rule names them. The account
 * names the buckets of today's rules in the same way: `credits`, `requests:pro@playground`, `requests:gpt-4o`.
 */
function firstEditionBuckets(): FirstEditionBucket[] {
  const buckets: FirstEditionBucket[] = [];
  for (const meter of ["credits", "requests"] as const)
    for (const ofClass of ["", " || ':' || class"])
      for (const onSurface of ["", " || '@' || surface"])
        for (const perModel of ["", " || ':' || replace(model, char(10), ' ')"]) {
          const kinds = `${ofClass}${onSurface}${perModel}`;
          buckets.push({ name: `'${meter}'${kinds}`, meter, isWhole: kinds === "" && meter === "credits" });
        }
  return buckets;
}

function copyCharges({ name, meter, isWhole }: FirstEditionBucket, now: number): string {
  const [held, ended] = meter === "requests" ? ["1", "1"] : ["held_api_tokens", "api_tokens"];
  const recent = isWhole ? "" : `AND ended_at >= ${now - RECENT_MS}`;
  return `
    INSERT INTO charges (call, account, bucket, phase, at, amount)
      SELECT seq, account, ${name}, 'held', started_at, ${held} FROM first_calls WHERE state = 'held'
      UNION ALL
      SELECT seq, account, ${name}, 'charged', ended_at, ${ended} FROM first_calls WHERE state = 'settled' ${recent};`;
}
