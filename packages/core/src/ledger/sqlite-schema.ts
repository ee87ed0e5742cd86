/** Written to `user_version`; a file with a higher one belongs to a newer package and is left alone. */
export const SCHEMA_VERSION = 3;

const LEARNED = `CREATE TABLE IF NOT EXISTS learned (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    value REAL NOT NULL,
    learned_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
  ) STRICT;`;

/** One table of calls: a ticket, the lease it becomes and the settled cost are the same row in three states. */
export const SCHEMA: string = `
  CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    model TEXT NOT NULL,
    class TEXT NOT NULL,
    surface TEXT NOT NULL,
    holder TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'settled')),
    probe INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    held_api_tokens REAL NOT NULL,
    ended_at INTEGER,
    api_tokens REAL,
    estimated INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS calls_live ON calls (account, seq) WHERE state <> 'settled';
  CREATE INDEX IF NOT EXISTS calls_ended ON calls (account, ended_at, model, api_tokens, class, surface) WHERE state = 'settled';
  CREATE INDEX IF NOT EXISTS calls_costs ON calls (account, model, ended_at) WHERE state = 'settled' AND estimated = 0;
  CREATE TABLE IF NOT EXISTS blocks (
    account TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    code TEXT NOT NULL,
    rule TEXT NOT NULL
  ) STRICT;
  ${LEARNED}
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** What brings a file of an older version to the one after it, before the schema fills in what is missing. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  // Refused prices became one of several things that the server teaches.
  1: `${LEARNED}
    INSERT OR IGNORE INTO learned SELECT account, 'price:' || price_key, until, until FROM refused_prices;
    DROP TABLE refused_prices;`,
  // When a holder gave its last sign tells how long its place is kept after it has died.
  2: "ALTER TABLE calls ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;",
};
