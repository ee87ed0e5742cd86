/** What every part of the benchmarks is given. */
export interface BenchSettings {
  /** A smoke run: a look at whether everything works, with figures nobody should quote. */
  readonly quick: boolean;
  /** Reports to stderr; stdout is for the tables. */
  readonly progress: (text: string) => void;
}

/** A part returns Markdown. */
export type Part = (settings: BenchSettings) => Promise<string>;
