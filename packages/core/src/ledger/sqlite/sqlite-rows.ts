import type { DatabaseSync } from "node:sqlite";
import { type CallRows, prepareCallRows } from "./call-rows.js";
import { type ChargeRows, prepareChargeRows } from "./charge-rows.js";
import { type MarkRows, prepareMarkRows } from "./mark-rows.js";
import { type MisdatedRows, prepareMisdatedRows } from "./misdated-rows.js";
import { type OldRows, prepareOldRows } from "./old-rows.js";
import { createStatements, type StatementOptions } from "./sqlite-statements.js";
import { prepareTotalRows, type TotalRows } from "./total-rows.js";
import { prepareWindowSums, type WindowSums } from "./window-sums.js";

/** The statements of the SQLite ledger, by what they mean. Each is prepared once. */
export interface SqliteRows {
  readonly calls: CallRows;
  readonly charges: ChargeRows;
  readonly marks: MarkRows;
  readonly totals: TotalRows;
  readonly sums: WindowSums;
  readonly old: OldRows;
  readonly misdated: MisdatedRows;
  /** The text of each statement; for tests. */
  readonly texts: readonly string[];
}

/** Options of {@link prepareRows}. */
export interface RowsOptions extends StatementOptions {
  /** Called where a bucket has rows that lie too far ahead to count. */
  readonly onAhead?: () => void;
  /** Milliseconds since the machine's boot. @default unknown: then only the clock says how old a sign is */
  readonly uptime?: (() => number) | undefined;
}

/** Makes the statements for an open file that has the schema. */
export function prepareRows(db: DatabaseSync, options?: RowsOptions): SqliteRows {
  const statements = createStatements(db, options);
  const charges = prepareChargeRows(statements);
  const sums = prepareWindowSums(statements, charges, options?.onAhead);
  const marks = prepareMarkRows(statements, options?.uptime);
  return {
    calls: prepareCallRows(statements),
    charges,
    marks,
    totals: prepareTotalRows(statements),
    sums,
    old: prepareOldRows(statements, sums, marks),
    misdated: prepareMisdatedRows(statements, sums, marks),
    texts: statements.texts,
  };
}
