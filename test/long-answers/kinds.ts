import type { ChatRequest } from "@laplas/core";
import { type Draft, type LongTextKind, longText } from "@laplas/sandbox";

/** What long answers are of, each as its users ask for it. */
export const KINDS = [
  "sentences",
  "code",
  "table",
  "chinese",
  "list",
  "file",
] as const satisfies readonly LongTextKind[];

export interface LongTask {
  readonly kind: LongTextKind;
  /** The whole of it. */
  readonly text: string;
  readonly request: ChatRequest;
  readonly draft: Pick<Draft, "kind" | "as" | "tool" | "seed" | "tokens">;
  /** What of an answer is compared with `text`; `undefined` where it is not even valid. */
  read(answer: {
    readonly text: string;
    readonly calls: readonly { readonly arguments: string }[];
  }): string | undefined;
}

export const WRITE_FILE = {
  type: "function",
  function: {
    name: "write_file",
    description: "Writes a file.",
    parameters: {
      type: "object",
      properties: { path: { type: "string" }, content: { type: "string" } },
      required: ["path", "content"],
      additionalProperties: false,
    },
  },
} as const;

/** @param prompt tells calls apart that run at the same time */
export function longTask(kind: LongTextKind, model: string, prompt: string, seed: number, tokens?: number): LongTask {
  const options = { kind, seed, ...(tokens === undefined ? {} : { tokens }) };
  const text = longText(options);
  const request: ChatRequest = { model, messages: [{ role: "user", content: prompt }] };
  if (kind === "file") {
    return {
      kind,
      text,
      request: { ...request, tools: [WRITE_FILE] },
      draft: { ...options, as: "tool", tool: "write_file" },
      read: ({ calls: [call] }) => contentOf(call?.arguments ?? ""),
    };
  }
  if (kind === "list") {
    return {
      kind,
      text,
      request: { ...request, response_format: { type: "json_object" } },
      draft: { ...options, as: "json" },
      read: ({ text: said }) => (isValid(said) ? said : undefined),
    };
  }
  return { kind, text, request, draft: options, read: ({ text: said }) => said };
}

function contentOf(json: string): string | undefined {
  if (!isValid(json)) return undefined;
  const { content } = JSON.parse(json) as { content?: unknown };
  return typeof content === "string" ? content : undefined;
}

function isValid(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

const NUMBERS: Partial<Record<LongTextKind, RegExp>> = {
  sentences: /(?:^|\s)(\d+)\. [A-Z]/g,
  code: /^(\d+)\. /gm,
  table: /^\| (\d+) \|/gm,
  chinese: /(\d+)、/g,
  list: /"id":(\d+),/g,
};

/** Whether the numbered sentences, rows or items of a text are 1, 2, 3 ... without one twice or missing. */
export function isCounted(kind: LongTextKind, text: string): boolean {
  const pattern = NUMBERS[kind];
  if (pattern === undefined) return true;
  return [...text.matchAll(pattern)].every(([, number], index) => Number(number) === index + 1);
}
