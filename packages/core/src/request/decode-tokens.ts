import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";

/** Token ids in place of a text, as OpenAI's clients send them. */
export type TokenIds = readonly unknown[];

/** Texts or token ids, as they came, and where each stood. */
export interface TokenInput {
  readonly items: readonly { readonly value: unknown; readonly place: string }[];
  /** Whether `input` was one item, and no list of them. */
  readonly isLone: boolean;
}

/** The items of an embedding's `input` if token ids are among them. */
export function tokenInput(body: unknown): TokenInput | undefined {
  const { input } = (body ?? {}) as { input?: unknown };
  if (!Array.isArray(input)) return undefined;
  // One list of numbers is one text.
  if (typeof input[0] === "number") return { items: [{ value: input, place: "input" }], isLone: true };
  if (!input.some((item) => Array.isArray(item))) return undefined;
  return { items: input.map((value, index) => ({ value, place: `input[${index}]` })), isLone: false };
}

/** The bytes of each token, in base64, by its id. Tokens that are no text, such as the end of one, have none. */
export type TokenTable = ReadonlyMap<number, string>;

/**
 * The text of token ids, to its last byte.
 *
 * @throws FatalUpstreamError `invalid_request` with the place of an id that is none, or of a list that ends within a character
 */
export function decodeTokens(ids: TokenIds, table: TokenTable, place: string): string {
  const pieces = ids.map((id, index) => {
    const encoded = typeof id === "number" ? table.get(id) : undefined;
    if (encoded !== undefined) return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const what = typeof id === "number" ? String(id) : `of type ${Array.isArray(id) ? "list" : typeof id}`;
    throw invalid(`${place}[${index}] is ${what}, which is no token of a text in cl100k_base`);
  });
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${place} begins or ends within a character, so that its tokens are no whole text`);
  }
}

/** For a model whose tokens nobody here can read. */
export function takesNoTokens(model: string): FatalUpstreamError {
  return invalid(
    `"input" holds token ids, and ${quote(model)} takes text. LangChain's OpenAIEmbeddings sends text with check_embedding_ctx_length=False; other clients, if they are given text`,
  );
}

let table: Promise<TokenTable> | undefined;

/** The table of cl100k_base, loaded with the first request that needs it. `undefined` where a bundle for other platforms left it out. */
export async function loadTokenTable(): Promise<TokenTable | undefined> {
  table ??= import("#cl100k").then(({ default: encoding }) => readRanks(encoding.bpe_ranks));
  return table.catch(() => {
    table = undefined;
    return undefined;
  });
}

/** As js-tiktoken writes them: lines of `! <id of the first> <base64> <base64> ...`. Its own decoder leaves out, in silence, what it does not know. */
function readRanks(ranks: string): TokenTable {
  const tokens = new Map<number, string>();
  for (const line of ranks.split("\n")) {
    const [, first, ...encoded] = line.split(" ");
    for (const [index, text] of encoded.entries()) tokens.set(Number(first) + index, text);
  }
  return tokens;
}

function invalid(message: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `${message}.`, { param: "input" });
}
