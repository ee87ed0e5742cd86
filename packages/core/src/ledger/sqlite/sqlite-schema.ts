/** Written to `user_version`; a file with a higher one belongs to a newer package and is left alone. */
export const SCHEMA_VERSION = 4;

/**
 * `calls`: a ticket, the lease it becomes and the ended call are the same row in three phases. `charges`: what it holds or was charged,
 * by bucket. `marks`: blocks, what was learned, signs of holders, failures in a row. `sums`: what stands in `calls` and `charges`, added up, so
 * that a step costs the same however many rows there are. There `from_at` is the moment at which a window's sum begins; of what is held it
 * is the sum of the fences.
 *
 * What a server has used elsewhere is a settled call without a label or a lane, and its charge.
 *
 * A step writes each page that it changes whole: no index is there that a rare step could do without.
 *
 * The phase is not called a state: no statement of the first edition may do anything to these tables (see `first-edition.ts`).
 */
export const SCHEMA: string = `
  CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    label TEXT NOT NULL,
    lane TEXT NOT NULL,
    holder TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('waiting', 'held', 'settled')),
    fence INTEGER NOT NULL DEFAULT 0,
    probes TEXT NOT NULL DEFAULT '',
    closed_until INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    charged_at INTEGER,
    free_at INTEGER,
    estimated INTEGER NOT NULL DEFAULT 0,
    reclaimed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS calls_waiting ON calls (account, lane, seq) WHERE phase = 'waiting';
  CREATE INDEX IF NOT EXISTS calls_held ON calls (account, started_at) WHERE phase = 'held';
  CREATE INDEX IF NOT EXISTS calls_lingering ON calls (free_at) WHERE phase = 'settled' AND free_at > charged_at;
  CREATE INDEX IF NOT EXISTS calls_with_costs ON calls (account, label, charged_at) WHERE phase = 'settled' AND estimated = 0;

  CREATE TABLE IF NOT EXISTS charges (
    call INTEGER NOT NULL,
    account TEXT NOT NULL,
    bucket TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('queued', 'held', 'charged')),
    at INTEGER NOT NULL,
    amount REAL NOT NULL,
    PRIMARY KEY (call, bucket)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS charges_queued ON charges (account, bucket, call, amount) WHERE phase = 'queued';
  CREATE INDEX IF NOT EXISTS charges_charged ON charges (account, bucket, at, amount) WHERE phase = 'charged';

  CREATE TABLE IF NOT EXISTS marks (
    account TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('block', 'value', 'sign', 'failures')),
    name TEXT NOT NULL,
    value REAL NOT NULL DEFAULT 0,
    seen_at INTEGER NOT NULL DEFAULT 0,
    until INTEGER NOT NULL DEFAULT 0,
    longest_ms INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL DEFAULT '',
    needs_probe INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, kind, name)
  ) STRICT;

  CREATE TABLE IF NOT EXISTS sums (
    account TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('running', 'slot', 'held', 'lane', 'queued', 'window', 'level')),
    name TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    from_at INTEGER NOT NULL DEFAULT 0,
    amount REAL NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, kind, name, key)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
