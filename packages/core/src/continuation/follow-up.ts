import type { ChatMessage, JsonObject } from "../request/wire-types.js";
import { type ContinuationMarks, type ContinuedText, instructionFor } from "./instruction.js";

/** What is asked for to go on with an answer. */
export type FollowUp = {
  /** Model tokens; the tier may allow fewer. */
  readonly maxTokens: number | undefined;
} & (
  | /** The request once more: nothing visible came. */ { readonly kind: "again" }
  | ({
      /** The answer so far: of a call its arguments. */
      readonly text: string;
      readonly what: ContinuedText;
    } & (
      | { readonly kind: "prefill" }
      | {
          readonly kind: "instruction";
          readonly anchor: string;
          readonly marks: ContinuationMarks;
          readonly insist: boolean;
        }
    ))
);

/** They would punish the echo. */
const PENALTIES: readonly string[] = ["frequency_penalty", "presence_penalty", "repetition_penalty"];
const TOOLS: readonly string[] = ["tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"];

/** The body of a follow-up, from the body of the request that it goes on with. */
export function followUpBody(body: Readonly<JsonObject>, followUp: FollowUp): JsonObject {
  const { n: _, max_tokens: _limit, max_completion_tokens: _newerLimit, best_of: _best, ...rest } = body;
  const limited: JsonObject = followUp.maxTokens === undefined ? rest : { ...rest, max_tokens: followUp.maxTokens };
  if (followUp.kind === "again") return limited;
  // Stops are looked for in the whole.
  delete limited.stop;
  if (followUp.kind === "instruction") for (const field of PENALTIES) delete limited[field];
  const messages = Array.isArray(body.messages) ? (body.messages as readonly ChatMessage[]) : [];
  if (followUp.what === "answer") keepToolsFree(limited);
  else sayAsText(limited, messages);
  const said = followUp.kind === "prefill" ? [] : [{ role: "user", content: instructionFor(followUp) }];
  return { ...limited, messages: [...withAnswer(messages, followUp), ...said] };
}

/** A call may follow a text, but a forced one would come in its place. */
function keepToolsFree(body: JsonObject): void {
  const { tool_choice: choice, function_call: legacy } = body;
  if (choice !== undefined && choice !== null && choice !== "none" && choice !== "auto") body.tool_choice = "auto";
  if (typeof legacy === "object" && legacy !== null) body.function_call = "auto";
}

/** A constrained decoder and a forced tool can only begin a document: the rest of one is asked for as text. */
function sayAsText(body: JsonObject, messages: readonly ChatMessage[]): void {
  delete body.response_format;
  const hasCalls = messages.some(({ role, tool_calls: calls, function_call: legacy }) => {
    return role === "tool" || role === "function" || Boolean(calls?.length) || Boolean(legacy);
  });
  // Servers want the tools of a history that has calls.
  if (!hasCalls) for (const field of TOOLS) delete body[field];
  else {
    delete body.parallel_tool_calls;
    if (Array.isArray(body.tools)) body.tool_choice = "none";
    if (Array.isArray(body.functions)) body.function_call = "none";
  }
}

/** The answer so far, behind what the caller may have begun it with; arguments stand alone, as they do after a text of the model's. */
function withAnswer(
  messages: readonly ChatMessage[],
  { text, what }: { readonly text: string; readonly what: ContinuedText },
): readonly ChatMessage[] {
  const last = messages.at(-1);
  if (last === undefined || !isBegun(last)) return [...messages, { role: "assistant", content: text }];
  const before = typeof what === "object" ? "" : begunText(last);
  return [...messages.slice(0, -1), { ...last, content: before + text }];
}

/** What the caller has begun the answer with: a conversation's own last message of the assistant. Empty where there is none. */
export function begunAnswer(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  return last !== undefined && isBegun(last) ? begunText(last) : "";
}

function isBegun({ role, tool_calls: calls }: ChatMessage): boolean {
  return role === "assistant" && !calls?.length;
}

function begunText({ content }: ChatMessage): string {
  if (typeof content === "string") return content;
  return Array.isArray(content)
    ? content.map((part) => (typeof part?.text === "string" ? part.text : "")).join("")
    : "";
}
