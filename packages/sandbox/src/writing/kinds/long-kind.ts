/** A kind of long text: units one after the other, numbered from 1, until it is long enough. */
export interface LongKind {
  /** Model tokens where none are asked for. */
  defaultTokens: number;
  /** Units where no tokens are asked for; `defaultTokens` does not count then. */
  defaultUnits?: number;
  head?: string;
  unit(index: number, seed: number): string;
  /** What stands before a unit: white space, a comma. */
  before(index: number): string;
  tail?: string;
}
