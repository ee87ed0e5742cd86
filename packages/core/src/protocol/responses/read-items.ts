import { adjust } from "../../dialect/chat-draft.js";
import { isObject, shown, writeJson } from "../../dialect/field-values.js";
import { quote } from "../../errors/quote.js";
import type { Adjustment } from "../../request/adjustment.js";
import type { JsonObject } from "../../request/wire-types.js";
import { createConversation, type PlacedMessage } from "./conversation.js";
import { invalid, isSet, wrongKind } from "./invalid.js";
import { readContent, textOf } from "./read-content.js";
import type { ClientTool, ToolTable } from "./tool-table.js";

/** What reading items needs beside them. */
export interface ItemReader {
  readonly table: ToolTable;
  readonly adjustments: Adjustment[];
  /** An item of an earlier answer to the same client. */
  find(id: string): JsonObject | undefined;
}

/** What was done elsewhere, or says nothing to a model of another maker. */
const WITHOUT_COUNTERPART: Readonly<Record<string, string>> = {
  reasoning: "without_reasoning",
  configuration_update: "without_configuration",
  additional_tools: "tools_at_root",
};
/** Calls that a provider runs itself, their outputs, and what it says of them. */
const HOSTED = /_call(_output)?$|^(mcp_\w+|program(_output)?|tool_search_output)$/;
const ROLES: readonly unknown[] = ["user", "assistant", "system", "developer"];

/** @returns each message with the place of the item that it came from. @throws FatalUpstreamError `invalid_request` naming the item */
export function readItems(input: unknown, reader: ItemReader): readonly PlacedMessage[] {
  if (typeof input === "string") return [{ message: { role: "user", content: input }, place: "input" }];
  if (!Array.isArray(input)) throw wrongKind("input", "a text, or a list of items");
  if (input.length === 0) throw invalid('"input" is an empty list, but must hold at least one item.', "input");
  const items = input.flatMap((item: unknown, index) => resolve(item, `input[${index}]`, reader));
  const calls = new Set(items.flatMap(({ item }) => (CALLS.includes(item.type) ? [item.call_id] : [])));
  const hosted = new Set(
    items.flatMap(({ item }) => (isHosted(item.type) && isSet(item.call_id) ? [item.call_id] : [])),
  );
  const conversation = createConversation();
  const note = (what: string, effect?: "changes-answer"): void =>
    adjust({ adjustments: reader.adjustments }, "input", what, effect);

  for (const { item, place } of items) {
    const { type } = item;
    if (type === "message") addMessage(item, place);
    else if (type === "function_call" || type === "custom_tool_call") addCall(item, type, place);
    else if (type === "function_call_output" || type === "custom_tool_call_output") addOutput(item, place);
    else if (typeof type !== "string") throw wrongKind(`${place}.type`, "the type of an item");
    else if (Object.hasOwn(WITHOUT_COUNTERPART, type)) note(WITHOUT_COUNTERPART[type] ?? "");
    else if (isHosted(type)) note("without_hosted_calls", "changes-answer");
    else note("without_unknown_items", "changes-answer");
  }
  return conversation.messages();

  function addMessage({ role, content }: JsonObject, place: string): void {
    if (!ROLES.includes(role)) throw wrongKind(`${place}.role`, '"user", "assistant", "system" or "developer"');
    const said = role === "assistant" && !isSet(content) ? "" : readContent(content, `${place}.content`);
    if (role !== "assistant") {
      conversation.add({ role: role as string, content: said }, place);
      return;
    }
    const text = textOf(said, "");
    if (text === undefined) throw invalid(`${place} is an assistant's, and says more than text.`, `${place}.content`);
    conversation.say(text, place);
  }

  function addCall(item: JsonObject, type: "function_call" | "custom_tool_call", place: string): void {
    const { call_id: id, arguments: given, input: text } = item;
    const name = reader.table.chatName(toolOf(item, type === "function_call" ? "function" : "custom", place));
    if (typeof id !== "string" || id === "") throw wrongKind(`${place}.call_id`, "the id of the call");
    if (type === "custom_tool_call" && typeof text !== "string") throw wrongKind(`${place}.input`, "a text");
    const said = type === "custom_tool_call" ? { input: text } : given;
    const written = typeof said === "string" ? said : writeJson(said ?? {}, `${place}.arguments`);
    conversation.call({ id, type: "function", function: { name, arguments: written } }, place);
  }

  function addOutput({ call_id: id, output }: JsonObject, place: string): void {
    if (hosted.has(id)) {
      note("without_hosted_calls", "changes-answer");
      return;
    }
    if (typeof id !== "string" || !calls.has(id)) {
      const which = typeof id === "string" ? `call ${quote(id)}` : "no call";
      const message = `${place} is the output of ${which}, which no other item makes. Send the call too, or leave the output out.`;
      throw invalid(message, `${place}.call_id`);
    }
    const isParts = typeof output === "string" || Array.isArray(output);
    const content = isParts ? readContent(output, `${place}.output`) : writeJson(output, `${place}.output`);
    conversation.add({ role: "tool", tool_call_id: id, content: textOf(content, "\n") ?? content }, place);
  }
}

const CALLS: readonly unknown[] = ["function_call", "custom_tool_call"];
const OUTPUTS: readonly unknown[] = ["function_call_output", "custom_tool_call_output"];

function isHosted(type: unknown): boolean {
  return typeof type === "string" && HOSTED.test(type) && !CALLS.includes(type) && !OUTPUTS.includes(type);
}

function toolOf({ name, namespace }: JsonObject, kind: ClientTool["kind"], place: string): ClientTool {
  if (typeof name !== "string" || name === "") throw wrongKind(`${place}.name`, "the name of a tool");
  return { kind, name, ...(typeof namespace === "string" && namespace !== "" ? { namespace } : {}) };
}

/** An item, and where the client has it. */
interface PlacedItem {
  readonly item: JsonObject;
  readonly place: string;
}

/** Items with their types; what a reference names is put in its place. */
function resolve(given: unknown, place: string, { find, adjustments }: ItemReader): readonly PlacedItem[] {
  if (!isObject(given)) throw invalid(`${place} is ${shown(given)}, but must be an item.`, place);
  const { type, role, id } = given;
  if (isSet(type) && type !== "item_reference") return [{ item: given, place }];
  if (!isSet(type) && isSet(role)) return [{ item: { ...given, type: "message" }, place }];
  if (typeof id !== "string") throw wrongKind(`${place}.type`, "the type of an item");
  const found = find(id);
  if (found !== undefined) return [{ item: found, place }];
  if (id.startsWith("rs_")) {
    adjust({ adjustments }, "input", "without_reasoning");
    return [];
  }
  const message = `${place} refers to item ${quote(id)}, which is not kept here. Items are kept for an hour, while there is room. Send the items themselves: set "store": false in the client.`;
  throw invalid(message, `${place}.id`);
}
