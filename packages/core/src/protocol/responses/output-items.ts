import type { JsonObject } from "../../request/wire-types.js";
import { readCustomInput } from "./custom-input.js";
import type { ClientTool } from "./tool-table.js";

/** How far an item has come. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** An id that no other item has, of any client: it is all that a reference names. */
export function createId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;
}

/** A thought. It has no encrypted content: none comes from the providers, and the text is sent back in vain. */
export function reasoningItem(id: string, texts: readonly string[]): JsonObject {
  return { id, type: "reasoning", summary: texts.map(summaryPart), encrypted_content: null };
}

export function summaryPart(text: string): JsonObject {
  return { type: "summary_text", text };
}

export function messageItem(id: string, parts: readonly JsonObject[], status: ItemStatus): JsonObject {
  return { id, type: "message", status, role: "assistant", content: parts };
}

/** What a message is made of. */
export type PartKind = "output_text" | "refusal";

export function messagePart(kind: PartKind, text: string): JsonObject {
  if (kind === "refusal") return { type: "refusal", refusal: text };
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

/** A call of the model, as far as it has come. */
export interface OutputCall {
  readonly id: string;
  readonly callId: string;
  readonly tool: ClientTool;
  /** JSON, cut where the answer was. */
  readonly arguments: string;
}

/** Name and namespace apart. A custom tool's input is its text, and no JSON. */
export function callItem({ id, callId, tool, ...call }: OutputCall, status: ItemStatus): JsonObject {
  const { kind, name, namespace } = tool;
  const called = { call_id: callId, name, ...(namespace === undefined ? {} : { namespace }) };
  if (kind === "function") return { id, type: "function_call", status, arguments: call.arguments, ...called };
  return { id, type: "custom_tool_call", status, input: readCustomInput(call.arguments), ...called };
}

/** Arguments of a call that has ended: none are an empty object, unless the answer was cut before they came. */
export function endedArguments(text: string, isCut: boolean): string {
  return text.trim() === "" && !isCut ? "{}" : text;
}

/** Whether a cut answer's call is whole all the same. */
export function isWholeCall(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
