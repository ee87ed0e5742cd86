import { adjust } from "../../dialect/chat-draft.js";
import { isObject, shown } from "../../dialect/field-values.js";
import { freeName } from "../../dialect/free-name.js";
import type { Adjustment } from "../../request/adjustment.js";
import type { JsonObject } from "../../request/wire-types.js";
import { describeGrammar } from "./describe-grammar.js";
import { invalid, isSet, wrongKind } from "./invalid.js";

/** How a client knows a tool. */
export interface ClientTool {
  readonly kind: "function" | "custom";
  readonly name: string;
  /** Tools of a namespace are named apart from it, in answers too: Codex calls "unsupported" what has both in one name (November 2026). */
  readonly namespace?: string;
}

/** The tools of one request: what the model is offered, and which of the client's each name stands for. */
export interface ToolTable {
  /** In the words of chats. */
  readonly offered: readonly JsonObject[];
  /** Where the client has each of them. */
  readonly places: readonly string[];
  /** Whether the client listed tools that the table leaves out. */
  readonly hasDropped: boolean;
  /** The name by which a chat knows a tool: one that is called in the history need not be offered. */
  chatName(tool: ClientTool): string;
  isOffered(tool: ClientTool): boolean;
  /** What a call of the model is for. A name that nobody offered is passed on as it is. */
  find(chatName: string): ClientTool;
}

const MOST_IN_NAME = 64;

/**
 * Reads tools. Functions keep their names where vendors take them; custom tools become functions of one text; namespaces are flattened; what
 * the provider would have to run is left out.
 *
 * @param lists `tools`, and further lists with their places
 * @throws FatalUpstreamError `invalid_request` naming the tool
 */
export function readTools(
  lists: readonly (readonly [list: unknown, place: string])[],
  adjustments: Adjustment[],
): ToolTable {
  const names = createNames();
  const offered = new Map<string, JsonObject>();
  const places = new Map<string, string>();
  let hasDropped = false;

  const offer = (tool: JsonObject, place: string, namespace?: string): void => {
    const { type = "function" } = tool;
    if (type === "namespace" && namespace === undefined) {
      flatten(tool, place);
      return;
    }
    if (type !== "function" && type !== "custom") {
      hasDropped = true;
      adjust({ adjustments }, "tools", `without_${typeWord(type)}`, "changes-answer");
      return;
    }
    const called = isObject(tool.function) ? tool.function : isObject(tool.custom) ? tool.custom : tool;
    const { name, description } = called;
    if (typeof name !== "string" || name === "") throw wrongKind(`${place}.name`, "the name of a tool");
    const chatName = names.of({ kind: type, name, ...(namespace === undefined ? {} : { namespace }) });
    if (type === "custom") adjust({ adjustments }, "tools", "custom_as_functions");
    const written = type === "custom" ? customFunction(called) : plainFunction(called);
    const text = typeof description === "string" ? description : undefined;
    const words = [text, type === "custom" ? describeGrammar(called.format) : undefined].filter(isSet).join("\n\n");
    const tools = { name: chatName, ...(words === "" ? {} : { description: words }), ...written };
    places.set(chatName, place);
    offered.set(chatName, { type: "function", function: tools });
  };
  const flatten = (tool: JsonObject, place: string): void => {
    const { name, tools } = tool;
    if (typeof name !== "string" || name === "") throw wrongKind(`${place}.name`, "the name of a namespace");
    if (!Array.isArray(tools)) throw wrongKind(`${place}.tools`, "a list of tools");
    adjust({ adjustments }, "tools", "namespaces_flattened");
    offerAll(tools, `${place}.tools`, name);
  };
  const offerAll = (tools: readonly unknown[], place: string, namespace?: string): void => {
    for (const [index, tool] of tools.entries()) {
      if (!isObject(tool)) throw wrongKind(`${place}[${index}]`, "a tool");
      offer(tool, `${place}[${index}]`, namespace);
    }
  };
  for (const [list, place] of lists) {
    if (!Array.isArray(list)) throw wrongKind(place, "a list of tools");
    offerAll(list, place);
  }

  return {
    offered: [...offered.values()],
    places: [...places.values()],
    hasDropped,
    chatName: names.of,
    isOffered: (tool) => offered.has(names.of(tool)),
    find: names.find,
  };
}

function plainFunction({ parameters, strict }: JsonObject): JsonObject {
  return { ...(isSet(parameters) ? { parameters } : {}), ...(isSet(strict) ? { strict } : {}) };
}

/** A grammar can't be enforced: the description holds it. */
function customFunction({ format }: JsonObject): JsonObject {
  if (isSet(format) && !isObject(format))
    throw invalid(`A tool's "format" is ${shown(format)}, but must be an object.`, "tools");
  const input = { type: "string", description: "The whole input of the tool, as plain text." };
  return { parameters: { type: "object", properties: { input }, required: ["input"], additionalProperties: false } };
}

/** For a report in a header. */
function typeWord(type: unknown): string {
  return typeof type === "string" && /^\w{1,40}$/.test(type) ? type : "unknown_tool";
}

interface Names {
  of(tool: ClientTool): string;
  find(chatName: string): ClientTool;
}

/** Names as all vendors take them, each for one tool. The same tools in the same order get the same names on every turn. */
function createNames(): Names {
  const byTool = new Map<string, string>();
  const byName = new Map<string, ClientTool>();
  return {
    of(tool) {
      // One list in JSON can't be written by two tools.
      const key = JSON.stringify([tool.namespace ?? null, tool.name]);
      const known = byTool.get(key);
      if (known !== undefined) return known;
      const wanted = plainName(tool.namespace === undefined ? tool.name : `${tool.namespace}__${tool.name}`);
      const name = freeName(wanted, MOST_IN_NAME, (one) => byName.has(one));
      byTool.set(key, name);
      byName.set(name, tool);
      return name;
    },
    find: (chatName) => byName.get(chatName) ?? { kind: "function", name: chatName },
  };
}

function plainName(wanted: string): string {
  // Google wants a letter or _ at the start.
  return (
    wanted
      .replace(/[^\w-]/g, "_")
      .replace(/^(?=[\d-])/, "_")
      .slice(0, MOST_IN_NAME) || "_"
  );
}
