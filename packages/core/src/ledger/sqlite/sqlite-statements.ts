import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A statement. It is prepared when it is first run. */
export interface Statement {
  /** @returns how many rows it changed */
  run(...values: SQLInputValue[]): number;
  one(...values: SQLInputValue[]): Record<string, unknown> | undefined;
  all(...values: SQLInputValue[]): Record<string, unknown>[];
}

/** The statements of a file. */
export interface Statements {
  define(sql: string): Statement;
  /** All that were defined; for tests. */
  readonly texts: readonly string[];
}

/** Options of {@link createStatements}. */
export interface StatementOptions {
  /** Called for each row that a statement visits; for tests that count them. */
  readonly onRead?: (() => void) | undefined;
}

export function createStatements(db: DatabaseSync, { onRead }: StatementOptions = {}): Statements {
  const texts: string[] = [];
  if (onRead !== undefined) {
    db.function("visited", () => {
      onRead();
      return 1;
    });
  }
  return {
    texts,
    define(sql) {
      texts.push(sql);
      const text = onRead === undefined ? sql : sql.replaceAll("WHERE ", "WHERE visited() AND ");
      let prepared: StatementSync | undefined;
      const statement = (): StatementSync => {
        prepared ??= db.prepare(text);
        return prepared;
      };
      return {
        run: (...values) => Number(statement().run(...values).changes),
        one: (...values) => statement().get(...values),
        all: (...values) => statement().all(...values),
      };
    },
  };
}
