import type { ToolShape } from "../provider/provider.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, JsonObject, ToolCall } from "../request/wire-types.js";
import { isObject } from "./field-values.js";
import { mapChanged } from "./map-changed.js";

/**
 * A chat whose tools and earlier tool calls have the shape that the provider's server takes: a conversation that began at another provider
 * continues here. A body that has this shape is returned as it is.
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
  const off = new Set(schemaKeysOff);
  return mapChanged(tools, (tool) => {
    if (!isObject(tool) || !isObject(tool.function)) return tool;
    const entries = Object.entries(tool.function).filter(([key]) => functionKeys?.includes(key) ?? true);
    const { parameters } = tool.function;
    const schema = schemaIn(parameters, off);
    if (schema === parameters && entries.length === Object.keys(tool.function).length) return tool;
    const called = Object.fromEntries(entries);
    return { ...tool, function: "parameters" in called ? { ...called, parameters: schema } : called };
  });
}

/** Keys of schemas whose values are schemas by names of the caller's own: a property may be called like a key that is off. */
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions"]);
/** Keys whose values are data. */
const DATA: ReadonlySet<string> = new Set(["enum", "const", "default", "example", "examples", "required"]);

function schemaIn(schema: unknown, off: ReadonlySet<string>, areNames = false): unknown {
  if (Array.isArray(schema)) return mapChanged<unknown>(schema, (item) => schemaIn(item, off));
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
  // The dialect took these keys off, because other servers refuse them.
  const given = new Map(asked.flatMap(({ tool_calls: calls }) => calls ?? []).map((call) => [call.id, call]));
  const plainCall = (call: ToolCall): ToolCall => {
    const id = idOf(call.id);
    if (callKeys === undefined) return id === call.id ? call : { ...call, id };
    const before: Readonly<Record<string, unknown>> = { ...given.get(call.id) };
    const kept = Object.entries(callKeys).map(([key, byDefault]) => [key, before[key] ?? byDefault]);
    return { ...call, id, ...Object.fromEntries(kept) };
  };
  return mapChanged(messages, (message) => {
    const { tool_calls: calls, tool_call_id: resultOf } = message;
    if (calls?.length) {
      const plainCalls = mapChanged(calls, plainCall);
      return plainCalls === calls ? message : { ...message, tool_calls: plainCalls };
    }
    if (typeof resultOf !== "string" || idOf(resultOf) === resultOf) return message;
    return { ...message, tool_call_id: idOf(resultOf) };
  });
}

/** A call and its result get the same id, in each request that has the same messages before them. Ids differ at their end. */
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
