import { adjust } from "../../dialect/chat-draft.js";
import { isObject, wrongType } from "../../dialect/field-values.js";
import type { Adjustment } from "../../request/adjustment.js";
import type { JsonObject } from "../../request/wire-types.js";
import { blocksOf, readBlock } from "./read-blocks.js";
import { type Reading, readTools } from "./read-tools.js";
import { readTurns, type Turn } from "./read-turns.js";
import { refuseThread } from "./refuse-thread.js";
import { createToolNames, type ToolNames } from "./tool-names.js";

/** A request of the Messages API, in a chat's words. */
export interface MessagesRequest {
  readonly body: JsonObject;
  readonly adjusted: readonly Adjustment[];
  readonly names: ToolNames;
  /** Where the client has each message and tool of the chat, for errors. */
  readonly messagePlaces: readonly string[];
  readonly toolPlaces: readonly string[];
  /** Whether the client asked for thoughts: others take the first block for the answer. */
  readonly wantsThoughts: boolean;
}

/** Fields with the same name and meaning in a chat. */
const SAME = ["model", "max_tokens", "stream", "temperature", "top_p", "top_k"] as const;
/** Those that are read in words of their own. */
const READ: ReadonlySet<string> = new Set([
  ...SAME,
  "messages",
  "system",
  "stop_sequences",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "metadata",
]);
/** What Claude Code puts at the head of its instructions, for Anthropic's books: it may change with every call (2.1.197, November 2026). */
const BILLING = /^x-anthropic-billing-header:[^\n]*\n*/;

/**
 * Reads a body of `POST /v1/messages`, or of its count of tokens, from a list of known fields (platform.claude.com/docs/en/api/messages,
 * November 2026). Every other is left out, and reported: new ones come with each edition of a client.
 *
 * @throws FatalUpstreamError `invalid_request` naming the client's field
 */
export function readMessagesRequest(given: JsonObject): MessagesRequest {
  refuseThread(given.thread);
  const adjusted: Adjustment[] = [];
  const reading: Reading = { names: createToolNames(adjusted), adjustments: adjusted, toolPlaces: [] };
  const fields: JsonObject = {};
  for (const name of SAME) if (isSet(given[name])) fields[name] = given[name];
  // The usage comes with every stream here.
  if (fields.stream === true) fields.stream_options = { include_usage: true };
  if (isSet(given.stop_sequences)) fields.stop = readStops(given.stop_sequences);
  Object.assign(fields, readTools(given, reading), readOutput(given.output_config, reading));
  const isClaude = typeof given.model === "string" && /claude/i.test(given.model);
  const thinking = readThinking(given.thinking, isClaude, reading);
  if (thinking.budgeted !== undefined) fields.thinking = thinking.budgeted;
  if (isSet(given.metadata)) {
    if (isClaude) fields.metadata = given.metadata;
    else adjust(reading, "metadata", "removed");
  }
  const turns = [...readSystem(given.system, reading), ...readTurns(given.messages, reading)];
  fields.messages = turns.map(({ message }) => message);
  if (turns.every(({ message }) => message.role === "system")) {
    throw wrongType("messages", "a list with at least one message that says something");
  }
  reportOthers(given, reading);
  const messagePlaces = turns.map(({ place }) => place);
  const { names, toolPlaces } = reading;
  return { body: fields, adjusted, names, messagePlaces, toolPlaces, wantsThoughts: thinking.isWanted };
}

function readSystem(system: unknown, reading: Reading): readonly Turn[] {
  const texts = blocksOf(system, "system").flatMap((block, index) => {
    if (block.type !== "text") throw wrongType(`system[${index}]`, "a block of text");
    const billed = typeof block.text === "string" && BILLING.test(block.text);
    if (billed) adjust(reading, "system", "without_billing_header");
    const own = billed ? { ...block, text: String(block.text).replace(BILLING, "") } : block;
    return readBlock(own, `system[${index}]`, reading).map(({ text }) => text);
  });
  if (texts.length === 0) return [];
  return [{ message: { role: "system", content: texts.join("\n\n") }, place: "system" }];
}

function readStops(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((stop) => typeof stop === "string")) return value;
  throw wrongType("stop_sequences", "a list of texts");
}

/**
 * `adaptive` leaves it to the model whether to think at all. A budget goes to Claude alone, as metadata does: the engine sends fields that
 * it does not know to servers of others, and OpenAI's own answers 400 to both (November 2026).
 */
function readThinking(
  value: unknown,
  isClaude: boolean,
  reading: Reading,
): { readonly isWanted: boolean; readonly budgeted?: JsonObject } {
  if (!isSet(value)) return { isWanted: false };
  if (!isObject(value) || typeof value.type !== "string") throw wrongType("thinking", "an object with a type");
  if (value.type === "disabled") return { isWanted: false };
  if (value.type === "enabled" && isClaude) {
    return { isWanted: true, budgeted: { type: "enabled", budget_tokens: value.budget_tokens } };
  }
  adjust(reading, "thinking", "removed", value.type === "enabled" ? "changes-answer" : undefined);
  return { isWanted: true };
}

const EFFORTS: readonly unknown[] = ["low", "medium", "high", "xhigh", "max"];

function readOutput(config: unknown, reading: Reading): JsonObject {
  if (!isSet(config)) return {};
  if (!isObject(config)) throw wrongType("output_config", "an object");
  const { effort, format, ...others } = config;
  if (Object.values(others).some(isSet)) adjust(reading, "output_config", "without_extras");
  const fields: JsonObject = {};
  if (isSet(effort)) {
    if (!EFFORTS.includes(effort)) throw wrongType("output_config.effort", `one of ${EFFORTS.join(", ")}`);
    fields.reasoning_effort = effort;
  }
  if (isSet(format)) {
    if (!isObject(format) || format.type !== "json_schema" || !isObject(format.schema)) {
      throw wrongType("output_config.format", 'an object of type "json_schema" with a schema');
    }
    fields.response_format = { type: "json_schema", json_schema: { name: "answer", schema: format.schema } };
  }
  return fields;
}

/** Names that are told one by one. */
const MOST_NAMED = 20;

function reportOthers(given: JsonObject, reading: Reading): void {
  const others = Object.keys(given).filter((name) => !READ.has(name) && isSet(given[name]));
  // The report goes into a header.
  for (const name of others.slice(0, MOST_NAMED)) {
    const plain = name.slice(0, 40).replace(/[^\w.-]/g, "_");
    adjust(reading, plain, "removed", name === "mcp_servers" ? "changes-answer" : undefined);
  }
  if (others.length > MOST_NAMED) adjust(reading, "other_fields", "removed");
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
