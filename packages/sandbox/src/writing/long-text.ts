import { countTokens } from "../text/tokens.js";
import { chinese } from "./kinds/chinese.js";
import { code } from "./kinds/code.js";
import { file } from "./kinds/file.js";
import { list } from "./kinds/list.js";
import type { LongKind } from "./kinds/long-kind.js";
import { sentences } from "./kinds/sentences.js";
import { table } from "./kinds/table.js";

/** What a long text is made of. */
export type LongTextKind =
  /** Sentences in paragraphs of five; each starts with its number (`12. The ...`) and stands once in the text. */
  | "sentences"
  /** Markdown: TypeScript functions in fences, a line of words between them. */
  | "code"
  /** A Markdown table with numbered rows. */
  | "table"
  /** Numbered Chinese sentences without blanks, with characters outside of the BMP among them. */
  | "chinese"
  /** A JSON list of numbered objects, under `items` of an object. */
  | "list"
  /** The source of one program, without fences: what an agent writes into a file. */
  | "file";

/** Which long text. */
export interface LongTextOptions {
  /** @default "sentences" */
  kind?: LongTextKind;
  /** How long at least, in model tokens; it ends with a whole sentence, row or item. @default 3000; `file` 1536 (6 kB); `list` 200 items */
  tokens?: number;
  /** Another seed makes another text. @default 1 */
  seed?: number;
}

const kinds: Record<LongTextKind, LongKind> = { sentences, code, table, chinese, list, file };
export const longTextKinds = Object.keys(kinds) as readonly LongTextKind[];

/**
 * A long text, the same at every run: what `sandbox.write` has in mind for the same options, to compare an answer with.
 *
 * @example
 * const text = longText({ kind: "sentences", tokens: 3000 });
 * sandbox.write({ text });
 */
export function longText(options: LongTextOptions = {}): string {
  const { seed = 1, tokens } = options;
  const kind = kinds[options.kind ?? "sentences"];
  const units = tokens === undefined ? kind.defaultUnits : undefined;
  const least = tokens ?? kind.defaultTokens;
  const tail = kind.tail ?? "";
  let text = kind.head ?? "";
  for (let index = 0; index < (units ?? index + 1); index += 1) {
    if (units === undefined && countTokens(text + tail) >= least) break;
    text += `${kind.before(index)}${kind.unit(index, seed)}`;
  }
  return text + tail;
}
