import type { ChatModel, Dialect } from "../catalog/model.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import type { AnswerTransform } from "./dialect.js";

/** A chat request on its way into a model's shape: what the table of fields reads and writes. */
export interface ChatDraft {
  /** As the caller wrote it, for messages. */
  readonly model: string;
  readonly dialect: Dialect;
  /** `undefined` for an id that the catalog does not know. */
  readonly known: ChatModel | undefined;
  readonly limits: CallLimits;
  /** The caller's fields that are still to be read. */
  readonly rest: JsonObject;
  /** What is sent, in OpenAI's words unless a dialect has its own. */
  readonly fields: JsonObject;
  messages: readonly ChatMessage[];
  /** Where the caller has each of the messages, for errors. */
  places: readonly number[];
  /** Whether the caller offers functions in OpenAI's words of 2023. The answer is in them as well. */
  hasFunctions: boolean;
  /** Requests that the call becomes, each with one answer. */
  requests: number;
  /** Whether the upstream streams. Answers of several requests are one answer only once the last is there. */
  stream: boolean;
  /** What brings the answer back into the form that the caller asked for, first the one that reads the server's. */
  readonly transforms: AnswerTransform[];
  readonly adjustments: Adjustment[];
}

/** Puts an instruction of ours, or one that stood elsewhere, before the conversation. */
export function putFirst(draft: ChatDraft, instruction: string): void {
  draft.messages = [{ role: "system", content: instruction }, ...draft.messages];
  draft.places = [0, ...draft.places];
}

/** Whether the model's server may do something with fields that its shape does not list. */
export function sendsExtras({ known }: Pick<ChatDraft, "known">): boolean {
  return known?.capabilities.extraFields !== "dropped";
}

/** Reports what became of a field, once. */
export function adjust(
  { adjustments }: Pick<ChatDraft, "adjustments">,
  field: string,
  what: string,
  effect?: "changes-answer",
): void {
  const to = `${field}=${what}`;
  if (adjustments.some((earlier) => earlier.to === to)) return;
  adjustments.push({
    field,
    to,
    rule: "dialect",
    ...(effect === undefined ? {} : ({ changesAnswer: true } as const)),
  });
}
