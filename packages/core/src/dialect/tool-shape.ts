import type { ToolShape } from "../provider/provider.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, JsonObject, ToolCall } from "../request/wire-types.js";
import { isObject } from "./field-values.js";

/**
 * A chat whose tools, and what is left of earlier calls, are as the provider's server takes them: a conversation that began at another
 * provider goes on here. Bodies that are so already are passed on.
 *
 * @param asked the messages as the caller has them
 */
export function conformTools(
  body: JsonObject,
  shape: ToolShape | undefined,
  asked: readonly ChatMessage[],
): { readonly body: JsonObject; readonly adjustments: readonly Adjustment[] } {
  if (shape === undefined) return { body, adjustments: [] };
  const tools = Array.isArray(body.tools) ? toolsIn(body.tools, shape) : body.tools;
  const messages = Array.isArray(body.messages) ? messagesIn(body.messages, shape, asked) : body.messages;
  const adjustments: Adjustment[] = [];
  if (tools !== body.tools) adjustments.push({ field: "tools", to: "tools=plain_schemas", rule: "dialect" });
  if (messages !== body.messages) adjustments.push({ field: "messages", to: "messages=plain_calls", rule: "dialect" });
  if (adjustments.length === 0) return { body, adjustments };
  return { body: { ...body, ...(tools === undefined ? {} : { tools }), messages }, adjustments };
}

function toolsIn(tools: readonly unknown[], { functionKeys, schemaKeysOff = [] }: ToolShape): readonly unknown[] {
  const plain = tools.map((tool) => {
    if (!isObject(tool) || !isObject(tool.function)) return tool;
    const entries = Object.entries(tool.function).filter(([key]) => functionKeys?.includes(key) ?? true);
    const { parameters } = tool.function;
    const schema = schemaIn(parameters, new Set(schemaKeysOff));
    if (schema === parameters && entries.length === Object.keys(tool.function).length) return tool;
    const called = Object.fromEntries(entries);
    return { ...tool, function: "parameters" in called ? { ...called, parameters: schema } : called };
  });
  return plain.some((tool, index) => tool !== tools[index]) ? plain : tools;
}

/** Keys of schemas whose values are schemas by names of the caller's own: a property may be called like a key that is off. */
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions"]);
/** Keys whose values are data. */
const DATA: ReadonlySet<string> = new Set(["enum", "const", "default", "example", "examples", "required"]);

function schemaIn(schema: unknown, off: ReadonlySet<string>, areNames = false): unknown {
  if (Array.isArray(schema)) {
    const items = schema.map((item) => schemaIn(item, off));
    return items.some((item, index) => item !== schema[index]) ? items : schema;
  }
  if (!isObject(schema)) return schema;
  let isSame = true;
  const entries = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
    if (!areNames && off.has(key)) {
      isSame = false;
      return [];
    }
    const isData = !areNames && DATA.has(key);
    const plain = isData ? value : schemaIn(value, off, !areNames && NAMED_SCHEMAS.has(key));
    isSame &&= plain === value;
    return [[key, plain]];
  });
  return isSame ? schema : Object.fromEntries(entries);
}

function messagesIn(
  messages: readonly ChatMessage[],
  { idLength, callKeys }: ToolShape,
  asked: readonly ChatMessage[],
): readonly ChatMessage[] {
  if (idLength === undefined && callKeys === undefined) return messages;
  const idOf = idLength === undefined ? (id: string): string => id : createIds(idLength);
  // Other servers refuse such keys, so they are taken off before.
  const given = new Map(asked.flatMap(({ tool_calls: calls }) => calls ?? []).map((call) => [call.id, call]));
  const plainCall = (call: ToolCall): ToolCall => {
    const id = idOf(call.id);
    if (callKeys === undefined) return id === call.id ? call : { ...call, id };
    const before: Readonly<Record<string, unknown>> = { ...given.get(call.id) };
    const kept = Object.entries(callKeys).map(([key, byDefault]) => [key, before[key] ?? byDefault]);
    return { ...call, id, ...Object.fromEntries(kept) };
  };
  const plain = messages.map((message) => {
    const { tool_calls: calls, tool_call_id: resultOf } = message;
    if (calls?.length) {
      const plainCalls = calls.map(plainCall);
      return plainCalls.every((call, place) => call === calls[place])
        ? message
        : { ...message, tool_calls: plainCalls };
    }
    if (typeof resultOf !== "string" || idOf(resultOf) === resultOf) return message;
    return { ...message, tool_call_id: idOf(resultOf) };
  });
  return plain.some((message, index) => message !== messages[index]) ? plain : messages;
}

/** The same for a call and its result, and as long as what is before them stays; the end of an id is what tells it apart. */
function createIds(length: number): (id: string) => string {
  const known = new Map<string, string>();
  const taken = new Set<string>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const letters = id
      .replace(/[^a-zA-Z0-9]/g, "")
      .slice(-length)
      .padStart(length, "0");
    let plain = letters;
    for (let number = 2; taken.has(plain); number += 1) plain = letters.slice(0, -String(number).length) + number;
    taken.add(plain);
    known.set(id, plain);
    return plain;
  };
}
