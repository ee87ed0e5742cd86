import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, JsonObject } from "../request/wire-types.js";
import { type ChatDialect, chunkByChunk } from "./dialect.js";
import { foldSystem } from "./fold-system.js";
import { conformContent, OPENAI_CONTENT } from "./message-content.js";
import { keepKnownCallKeys, keepKnownKeys, OPENAI_KEYS } from "./message-keys.js";
import { checkRanges, type NumberRange, withoutEmptyTools, withoutNulls } from "./root-fields.js";
import { type FunctionTool, readTools } from "./tools.js";

const RANGES: Readonly<Record<string, NumberRange>> = {
  n: { whole: true, most: 128 },
  seed: { whole: true },
  top_logprobs: { least: 0, most: 20, whole: true },
};
/** OpenAI's own bound. */
const MOST_STOPS = 4;
const TOOL_NAME = /^[\w-]{1,64}$/;

/** OpenAI's own shape, which most models take. Only what the server is known to refuse is changed. */
export const openaiChat: ChatDialect = {
  adaptRequest({ request, model, limits, stream }) {
    const adjustments: Adjustment[] = [];
    const { max_tokens: _, max_completion_tokens: __, stream: ___, stream_options: ____, ...rest } = request.body;
    const known = keepKnownKeys(request.messages, OPENAI_KEYS, request.model, adjustments);
    const fields = withoutEmptyTools(withoutNulls(rest));
    // What an id that the catalog does not know takes beyond this is its server's business.
    const conformed = model === undefined ? known : conform(known, fields, request.model, adjustments);
    const messages = model?.capabilities.systemRole === false ? foldSystem(conformed, adjustments) : conformed;
    const body: JsonObject = { ...fields, messages };
    if (model !== undefined && fields.tools !== undefined) body.tools = readNamedTools(fields.tools, request.model);
    if (limits.maxOutputTokens !== undefined) {
      body[model?.capabilities.outputLimitName ?? request.outputLimitField] = limits.maxOutputTokens;
    }
    if (stream) {
      body.stream = true;
      body.stream_options = { ...optionsOf(request.body.stream_options), include_usage: true };
    }
    return { body, adjustments };
  },
  readAnswer: (answer) => answer,
  readStream: chunkByChunk((chunk) => chunk),
};

function conform(
  messages: readonly ChatMessage[],
  fields: JsonObject,
  model: string,
  adjustments: Adjustment[],
): readonly ChatMessage[] {
  checkRanges(fields, RANGES, model);
  if (Array.isArray(fields.stop) && fields.stop.length > MOST_STOPS) {
    throw new FatalUpstreamError(
      "invalid_request",
      `"stop" has ${fields.stop.length} texts, and ${quote(model)} takes ${MOST_STOPS} at most.`,
      { param: "stop" },
    );
  }
  return conformContent(keepKnownCallKeys(messages, model, adjustments), OPENAI_CONTENT, model, adjustments);
}

function readNamedTools(tools: unknown, model: string): FunctionTool[] {
  const read = readTools(tools);
  const index = read.findIndex(({ function: { name } }) => !TOOL_NAME.test(name));
  if (index === -1) return read;
  throw new FatalUpstreamError(
    "invalid_request",
    `tools[${index}] is named ${quote(read[index]?.function.name)}, and ${quote(model)} takes letters, digits, _ and - only, 64 at most.`,
    { param: `tools[${index}].function.name` },
  );
}

function optionsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null ? (value as JsonObject) : {};
}
