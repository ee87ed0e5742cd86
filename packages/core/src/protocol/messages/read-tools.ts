import { adjust } from "../../dialect/chat-draft.js";
import { isObject, wrongType } from "../../dialect/field-values.js";
import { quote } from "../../errors/quote.js";
import { FatalUpstreamError } from "../../errors/upstream-errors.js";
import type { Adjustment } from "../../request/adjustment.js";
import type { JsonObject } from "../../request/wire-types.js";
import { deferredTools } from "./deferred-tools.js";
import type { ToolNames } from "./tool-names.js";

/** What the reading of one request has in common. */
export interface Reading {
  readonly names: ToolNames;
  readonly adjustments: Adjustment[];
  /** Where the client has each tool of the chat, for errors. */
  readonly toolPlaces: string[];
}

const KNOWN: readonly string[] = ["type", "name", "description", "input_schema", "strict", "defer_loading"];

/**
 * The tools of a request as functions, and the choice among them. A tool that has a `type` and no schema runs at Anthropic, or is known to
 * Claude alone (platform.claude.com/docs/en/api/messages, November 2026): it is left out, and refused where it is chosen.
 *
 * @throws FatalUpstreamError `invalid_request` naming the client's field
 */
export function readTools({ tools, tool_choice: choice, messages }: JsonObject, reading: Reading): JsonObject {
  const given: unknown = tools ?? [];
  if (!Array.isArray(given)) throw wrongType("tools", "a list of tools");
  const left = new Set<unknown>();
  const deferred = deferredTools(given, choice, messages);
  if (deferred.size > 0) adjust(reading, "tools", "without_deferred");
  const functions = given.flatMap((tool: unknown, index) =>
    deferred.has(tool) ? [] : readTool(tool, `tools[${index}]`, left, reading),
  );
  const chosen = choice === undefined || choice === null ? {} : readChoice(choice, left, reading);
  if (functions.length > 0) return { tools: functions, ...chosen };
  if (left.size === 0) return chosen;
  if (chosen.tool_choice !== "required") return {};
  throw notHere('"tool_choice" demands a call, and none of the tools can be called here.');
}

function readTool(tool: unknown, at: string, left: Set<unknown>, reading: Reading): JsonObject[] {
  if (!isObject(tool)) throw wrongType(at, "a tool");
  const { type, name, description, input_schema: schema, strict } = tool;
  const isOwn = type === undefined || type === null || type === "custom";
  if (!isOwn && schema === undefined) {
    if (typeof type !== "string") throw wrongType(`${at}.type`, "a text");
    const word = (typeof name === "string" && name !== "" ? name : type).replace(/[^\w-]+/g, "_").slice(0, 40);
    left.add(name);
    adjust(reading, "tools", `without_${word}`, "changes-answer");
    return [];
  }
  if (typeof name !== "string" || name === "") throw wrongType(`${at}.name`, "the name of a tool");
  if (schema !== undefined && !isObject(schema)) throw wrongType(`${at}.input_schema`, "a JSON schema");
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw wrongType(`${at}.description`, "a text");
  }
  reportExtras(tool, reading);
  reading.toolPlaces.push(at);
  return [
    {
      type: "function",
      function: {
        name: reading.names.plain(name),
        ...(description ? { description } : {}),
        parameters: schema ?? { type: "object", properties: {} },
        ...(typeof strict === "boolean" ? { strict } : {}),
      },
    },
  ];
}

function reportExtras(tool: JsonObject, reading: Reading): void {
  for (const [key, value] of Object.entries(tool)) {
    if (KNOWN.includes(key) || value === undefined || value === null) continue;
    if (key === "cache_control") adjust(reading, "cache_control", "removed");
    else adjust(reading, "tools", "without_extras");
  }
}

function readChoice(choice: unknown, left: ReadonlySet<unknown>, reading: Reading): JsonObject {
  const demand = 'an object of type "auto", "any", "tool" or "none"';
  if (!isObject(choice)) throw wrongType("tool_choice", demand);
  const { type, name, disable_parallel_tool_use: isSingle } = choice;
  if (isSingle !== undefined && isSingle !== null && typeof isSingle !== "boolean") {
    throw wrongType("tool_choice.disable_parallel_tool_use", "true or false");
  }
  const single = isSingle === true ? { parallel_tool_calls: false } : {};
  switch (type) {
    case "auto":
      return { tool_choice: "auto", ...single };
    case "any":
      return { tool_choice: "required", ...single };
    case "none":
      return { tool_choice: "none" };
    case "tool": {
      if (typeof name !== "string" || name === "") throw wrongType("tool_choice.name", "the name of a tool");
      if (left.has(name)) {
        throw notHere(`"tool_choice" names ${quote(name)}, a tool that can't be called here.`, "tool_choice.name");
      }
      return { tool_choice: { type: "function", function: { name: reading.names.plain(name) } }, ...single };
    }
    default:
      throw wrongType("tool_choice", demand);
  }
}

function notHere(message: string, param = "tool_choice"): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `${message} Only tools with an "input_schema" can.`, { param });
}
