import { adjust } from "../../dialect/chat-draft.js";
import { isObject, shown, writeJson } from "../../dialect/field-values.js";
import { reportRemoved } from "../../dialect/treat-fields.js";
import type { Adjustment } from "../../request/adjustment.js";
import type { JsonObject } from "../../request/wire-types.js";
import type { PlacedMessage } from "./conversation.js";
import { invalid, isSet, wrongKind } from "./invalid.js";
import { readChoice } from "./read-choice.js";
import { type ItemReader, readItems } from "./read-items.js";
import { refuseFields } from "./refuse-fields.js";
import { readTools, type ToolTable } from "./tool-table.js";

/** A request in the words of chats, and what writing its answer needs. */
export interface ReadResponses {
  readonly chat: JsonObject;
  readonly adjusted: readonly Adjustment[];
  readonly table: ToolTable;
  /** The client's request, which the answer repeats. */
  readonly asked: JsonObject;
  /** Where the client has each message of the chat. */
  readonly places: readonly string[];
}

/** What is the same in chats, or what clients of other worlds send along: the engine knows what becomes of each. */
const AS_IN_CHATS = [
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "logit_bias",
  "seed",
  "stop",
  "metadata",
  "user",
  "safety_identifier",
  "service_tier",
  "prompt_cache_key",
  "prompt_cache_retention",
] as const;

/** Read below, or without effect on what is sent. */
const READ: ReadonlySet<string> = new Set([
  ...AS_IN_CHATS,
  "model",
  "input",
  "instructions",
  "max_output_tokens",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "store",
  "stream_options",
]);

/**
 * OpenAI's Responses in the words of chats. Its fields and items are those of the published reference
 * (https://platform.openai.com/docs/api-reference/responses, as the types of openai js 7.57 have it, 29 November 2026).
 *
 * @throws FatalUpstreamError `invalid_request` naming the field
 */
export function readResponses(body: JsonObject, find: ItemReader["find"]): ReadResponses {
  const adjusted: Adjustment[] = [];
  refuseFields(body);
  const hints = Object.entries(body).filter(([field, value]) => !READ.has(field) && !isWithoutEffect(field, value));
  reportRemoved({ adjustments: adjusted }, hints);
  const table = readTools(toolLists(body), adjusted);
  const placed = readMessages(body, { table, adjustments: adjusted, find });
  const chat: JsonObject = { model: body.model, messages: placed.map(({ message }) => message) };
  for (const field of AS_IN_CHATS) if (isSet(body[field])) chat[field] = body[field];
  if (body.stream === true) chat.stream_options = { include_usage: true };
  const limit = readLimit(body.max_output_tokens);
  if (limit !== undefined) chat.max_completion_tokens = limit;
  Object.assign(chat, toolFields(body, table), readText(body.text), readReasoning(body.reasoning, adjusted));
  // What can't be written would fail with the answer, once it is paid for.
  for (const field of ["tools", "metadata", "text", "tool_choice", "reasoning"]) writeJson(body[field], field);
  return { chat, adjusted, table, asked: body, places: placed.map(({ place }) => place) };
}

/** Of what is not read; what would change the answer was refused before. */
function isWithoutEffect(field: string, value: unknown): boolean {
  if (!isSet(value) || field === "n") return true;
  if (field === "truncation") return value === "disabled";
  if (field === "include") return Array.isArray(value) && value.length === 0;
  return value === false || value === 0 || value === "";
}

/** Codex lists tools that were found on the way as items (November 2026). */
function toolLists({ tools, input }: JsonObject): readonly (readonly [unknown, string])[] {
  const further = (Array.isArray(input) ? input : []).flatMap((item: unknown, index) =>
    isObject(item) && item.type === "additional_tools" ? [[item.tools, `input[${index}].tools`] as const] : [],
  );
  return isSet(tools) ? [[tools, "tools"], ...further] : further;
}

function readMessages({ instructions, input }: JsonObject, reader: ItemReader): readonly PlacedMessage[] {
  if (typeof instructions !== "string" && isSet(instructions)) throw wrongKind("instructions", "a text");
  if (!isSet(input)) throw invalid('"input" is missing, but must be a text, or a list of items.', "input");
  const messages = readItems(input, reader);
  if (typeof instructions !== "string" || instructions === "") return messages;
  return [{ message: { role: "system", content: instructions }, place: "instructions" }, ...messages];
}

function readLimit(value: unknown): number | undefined {
  if (!isSet(value)) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(`"max_output_tokens" is ${shown(value)}, but must be a whole number, 1 or more.`, "max_output_tokens");
}

/** Without tools, nothing that is said of calls has a meaning. */
function toolFields({ tool_choice: choice, parallel_tool_calls: parallel }: JsonObject, table: ToolTable): JsonObject {
  const read = readChoice(choice, table);
  if (table.offered.length === 0) return {};
  return {
    tools: table.offered,
    ...(read === undefined ? {} : { tool_choice: read }),
    ...(isSet(parallel) ? { parallel_tool_calls: parallel } : {}),
  };
}

/** The form of the answer: here it is flat. */
function readText(text: unknown): JsonObject {
  if (!isSet(text)) return {};
  if (!isObject(text)) throw wrongKind("text", "an object");
  const { format, verbosity } = text;
  const spoken = isSet(verbosity) ? { verbosity } : {};
  if (!isSet(format)) return spoken;
  if (!isObject(format)) throw wrongKind("text.format", "an object");
  const { type, ...schema } = format;
  switch (type) {
    case "text":
      return spoken;
    case "json_object":
      return { ...spoken, response_format: { type } };
    case "json_schema": {
      if (!isObject(schema.schema)) throw wrongKind("text.format.schema", "a JSON schema");
      return { ...spoken, response_format: { type, json_schema: schema } };
    }
    default:
      throw wrongKind("text.format.type", '"text", "json_object" or "json_schema"');
  }
}

/** Thoughts that come are given anyway, so what is said of their summary has no effect. */
function readReasoning(reasoning: unknown, adjustments: Adjustment[]): JsonObject {
  if (!isSet(reasoning)) return {};
  if (!isObject(reasoning)) throw wrongKind("reasoning", "an object");
  const { effort, ...others } = reasoning;
  if (Object.values(others).some(isSet)) adjust({ adjustments }, "reasoning", "effort_only");
  return isSet(effort) ? { reasoning_effort: effort } : {};
}
