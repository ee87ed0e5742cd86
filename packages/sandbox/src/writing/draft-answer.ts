import { fillSchema } from "../answers/fill-schema.js";
import type { GeneratedAnswer } from "../answers/generate-answer.js";
import { readPrompt } from "../answers/read-prompt.js";
import type { ChatRequest, ChatTool, JsonSchema } from "../chat/chat-request.js";
import type { ResolvedDraft } from "./draft.js";
import { longText } from "./long-text.js";

/** The draft as an answer to a request; undefined where the request does not offer the tool that it calls. */
export function draftAnswer(
  draft: ResolvedDraft,
  request: ChatRequest,
  callId: string,
  seed: number = draft.seed,
): GeneratedAnswer | undefined {
  const { kind, toolChoice } = { kind: draft.kind, toolChoice: request.toolChoice };
  const forced = toolChoice.kind === "named" || toolChoice.kind === "required";
  const as = draft.as ?? (draft.tool !== undefined || forced ? "tool" : kind === "list" ? "json" : "text");
  const text = draft.text ?? longText({ kind, seed, ...(draft.tokens === undefined ? {} : { tokens: draft.tokens }) });
  const isWhole = draft.text !== undefined || kind === "list";
  if (as === "tool") {
    const tool = calledTool(draft.tool, request);
    if (!tool) return undefined;
    const values = isWhole ? text : inSchema(tool.parameters, text, request);
    return { content: "", toolCalls: [{ id: callId, name: tool.name, arguments: values }] };
  }
  if (as === "text" || isWhole) return { content: text, toolCalls: [] };
  const schema = request.format.kind === "schema" ? request.format.schema : { type: "object" };
  return { content: inSchema(schema, text, request), toolCalls: [] };
}

function calledTool(name: string | undefined, { tools, toolChoice }: ChatRequest): ChatTool | undefined {
  if (toolChoice.kind === "none") return undefined;
  const forced = toolChoice.kind === "named" ? toolChoice.name : undefined;
  if (forced !== undefined && name !== undefined && name !== forced) return undefined;
  const wanted = name ?? forced;
  return wanted === undefined ? tools[0] : tools.find((tool) => tool.name === wanted);
}

const textField = /content|text|code|body|file_?data/i;

/** A document that fits the schema, the text in the string that is meant for it. */
function inSchema(schema: JsonSchema, text: string, request: ChatRequest): string {
  const { question } = readPrompt(request.turns);
  const filled = fillSchema(schema, question, () => question);
  const values: Record<string, unknown> = typeof filled === "object" && filled !== null ? { ...filled } : {};
  const strings = Object.keys(values).filter((key) => typeof values[key] === "string");
  const field = strings.find((key) => textField.test(key)) ?? strings.at(-1) ?? "text";
  return JSON.stringify({ ...values, [field]: text });
}
