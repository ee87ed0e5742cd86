import { adjust } from "../../dialect/chat-draft.js";
import { isObject, writeJson, wrongType } from "../../dialect/field-values.js";
import { EMPTY_RESULT } from "../../dialect/message-content.js";
import type { ChatMessage, ContentPart, ToolCall } from "../../request/wire-types.js";
import { type Block, blocksOf, readBlock } from "./read-blocks.js";
import type { Reading } from "./read-tools.js";

const THOUGHTS: ReadonlySet<string> = new Set(["thinking", "redacted_thinking"]);
/** Calls that ran at Anthropic, their results, and notes on them: no other server knows the tools. */
const HOSTED = /^(server_tool_use|mcp_.+|tool_addition|tool_removal|fallback|.+_tool_result)$/;

/** A message of the chat, and where the client has it. */
export interface Turn {
  readonly message: ChatMessage;
  readonly place: string;
}

/**
 * The messages of a request, each as one or more of a chat.
 *
 * @throws FatalUpstreamError `invalid_request` naming the client's place
 */
export function readTurns(given: unknown, reading: Reading): Turn[] {
  if (!Array.isArray(given) || given.length === 0) throw wrongType("messages", "a list of at least one message");
  const turns: Turn[] = [];
  let wasEmptied = false;
  for (const [index, message] of given.entries()) {
    const read = readTurn(message, `messages[${index}]`, reading);
    const [first] = read;
    const last = turns.at(-1);
    // Where an answer of thoughts alone stood between two messages of the user, they are one.
    if (wasEmptied && first?.message.role === "user" && last?.message.role === "user")
      turns[turns.length - 1] = joined(last, first);
    else turns.push(...read);
    wasEmptied = read.length === 0;
    if (wasEmptied) adjust(reading, "messages", "without_empty");
  }
  return turns;
}

function readTurn(message: unknown, at: string, reading: Reading): readonly Turn[] {
  if (!isObject(message)) throw wrongType(at, "a message");
  const blocks = blocksOf(message.content, `${at}.content`);
  const places = blocks.map((block, index) => ({ block, at: `${at}.content[${index}]` }));
  const known = places.filter(({ block }) => isKept(block, reading));
  switch (message.role) {
    case "user":
      return readUser(known, at, reading);
    case "assistant":
      return readAssistant(known, at, reading);
    // Claude Code sends instructions within the conversation (2.1.197, November 2026).
    case "system":
      return readSystem(known, at, reading);
    default:
      throw wrongType(`${at}.role`, '"user", "assistant" or "system"');
  }
}

interface Placed {
  readonly block: Block;
  readonly at: string;
}

function isKept({ type }: Block, reading: Reading): boolean {
  if (THOUGHTS.has(type)) adjust(reading, "messages", "without_thinking");
  else if (HOSTED.test(type)) adjust(reading, "messages", "without_hosted_tools");
  else return true;
  return false;
}

/** Results first: they must follow their calls at once. */
function readUser(places: readonly Placed[], place: string, reading: Reading): readonly Turn[] {
  const isResult = ({ block }: Placed): boolean => block.type === "tool_result";
  const results = places
    .filter(isResult)
    .map(({ block, at }) => ({ message: readResult(block, at, reading), place: at }));
  const parts = partsOf(
    places.filter((one) => !isResult(one)),
    reading,
  );
  if (parts.length === 0) return results;
  return [...results, { message: { role: "user", content: contentOf(parts) }, place }];
}

function readResult(block: Block, at: string, reading: Reading): ChatMessage {
  const { tool_use_id: id, content, is_error: isError } = block;
  if (typeof id !== "string" || id === "") throw wrongType(`${at}.tool_use_id`, "the id of a call");
  const inner = blocksOf(content, `${at}.content`).map((said, index) => ({
    block: said,
    at: `${at}.content[${index}]`,
  }));
  if (block.cache_control) adjust(reading, "cache_control", "removed");
  const parts = partsOf(inner, reading);
  const text = textOf(parts, "\n");
  const told = text === "" && parts.length === 0 ? EMPTY_RESULT : text;
  // Chats have no field for it.
  const start = isError === true && !/^\W*error\b/i.test(told) ? "Error: " : "";
  if (parts.every(({ type }) => type === "text")) {
    return { role: "tool", tool_call_id: id, content: `${start}${told}` };
  }
  const words: readonly ContentPart[] = start === "" ? [] : [{ type: "text", text: start.trim() }];
  return { role: "tool", tool_call_id: id, content: [...words, ...parts] };
}

function readAssistant(places: readonly Placed[], place: string, reading: Reading): readonly Turn[] {
  const isCall = ({ block }: Placed): boolean => block.type === "tool_use";
  const calls = places.filter(isCall).map(({ block, at }) => readCall(block, at, reading));
  const parts = partsOf(
    places.filter((one) => !isCall(one)),
    reading,
  );
  const content = parts.every(({ type }) => type === "text") ? textOf(parts, "") : parts;
  if (calls.length > 0) {
    const said = parts.length === 0 ? null : content;
    return [{ message: { role: "assistant", content: said, tool_calls: calls }, place }];
  }
  return parts.length === 0 ? [] : [{ message: { role: "assistant", content }, place }];
}

function readCall(block: Block, at: string, reading: Reading): ToolCall {
  const { id, name, input } = block;
  if (typeof id !== "string" || id === "") throw wrongType(`${at}.id`, "the id of a call");
  if (typeof name !== "string" || name === "") throw wrongType(`${at}.name`, "the name of a tool");
  if (block.cache_control) adjust(reading, "cache_control", "removed");
  // A text is arguments that a limit has cut, as they were given out.
  const text = typeof input === "string" ? input : writeJson(input ?? {}, `${at}.input`);
  return { id, type: "function", function: { name: reading.names.plain(name), arguments: text } };
}

function readSystem(places: readonly Placed[], place: string, reading: Reading): readonly Turn[] {
  const parts = partsOf(places, reading);
  return parts.length === 0 ? [] : [{ message: { role: "system", content: contentOf(parts, "\n\n") }, place }];
}

function partsOf(places: readonly Placed[], reading: Reading): readonly ContentPart[] {
  return places.flatMap(({ block, at }) => readBlock(block, at, reading));
}

/** @param between if given, texts alone become one text */
function contentOf(parts: readonly ContentPart[], between?: string): string | readonly ContentPart[] {
  const [first] = parts;
  if (parts.length === 1 && first?.type === "text") return first.text ?? "";
  return between !== undefined && parts.every(({ type }) => type === "text") ? textOf(parts, between) : parts;
}

function textOf(parts: readonly ContentPart[], between: string): string {
  return parts.flatMap(({ text }) => (text === undefined ? [] : [text])).join(between);
}

function joined({ message: one, place }: Turn, { message: other }: Turn): Turn {
  const parts = ({ content }: ChatMessage): readonly ContentPart[] =>
    typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  return { message: { ...one, content: [...parts(one), ...parts(other)] }, place };
}
