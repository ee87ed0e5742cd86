import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isObject, withoutNulls } from "./field-values.js";

/** A function that the model may call, in OpenAI's shape. */
export interface FunctionTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: unknown;
    readonly [key: string]: unknown;
  };
}

/** OpenAI's bound. */
const TOOL_NAME = /^[\w-]{1,64}$/;

/**
 * The functions that a request offers, as its family takes them. A search that the provider would host is no function: it is left out.
 * An empty list offers none; OpenAI and Anthropic refuse it.
 *
 * @throws FatalUpstreamError `invalid_request` for what is no list of functions with names
 */
export function offerTools(value: unknown, draft: ChatDraft): readonly FunctionTool[] | undefined {
  if (!Array.isArray(value)) throw invalidTool("tools");
  const tools: FunctionTool[] = [];
  for (const [index, tool] of value.entries()) {
    if (isHostedSearch(tool)) adjust(draft, "tools", "without_web_search", "changes-answer");
    else tools.push(readTool(tool, index, draft));
  }
  return tools.length === 0 ? undefined : tools;
}

/** Whether a tool is a search on the provider's side, in OpenAI's, Anthropic's or Google's words. */
export function isHostedSearch(tool: unknown): boolean {
  if (!isObject(tool)) return false;
  if (typeof tool.type === "string") return /^(web_search|google_search)/.test(tool.type);
  return "google_search" in tool || "googleSearch" in tool || "google_search_retrieval" in tool;
}

function readTool(tool: unknown, index: number, draft: ChatDraft): FunctionTool {
  const place = `tools[${index}]`;
  if (!isObject(tool)) throw invalidTool(`${place}.function.name`);
  const { type, function: called, ...others } = toFunction(tool, draft);
  if (type !== "function") throw notAFunction(place, type, draft.model);
  if (!isObject(called) || typeof called.name !== "string" || called.name === "") {
    throw invalidTool(`${place}.function.name`);
  }
  const named = { ...withoutNulls(called), name: called.name };
  if (Object.values(others).some((other) => other !== null && other !== undefined))
    adjust(draft, "tools", "without_extras");
  if (draft.dialect === "openai") {
    if (!TOOL_NAME.test(named.name)) throw wrongName(place, named.name, draft.model);
    return { type, function: named };
  }
  return { type, function: closed(described(named, draft), draft) };
}

/** Some clients write a function flat, as OpenAI's Responses do, or as Anthropic does. */
function toFunction(tool: JsonObject, draft: ChatDraft): JsonObject {
  const {
    type = "function",
    function: called,
    name,
    description,
    parameters,
    input_schema: schema,
    strict,
    ...others
  } = tool;
  if (called !== undefined || typeof name !== "string" || (type !== "function" && type !== "custom"))
    return { ...tool, type };
  if (type === "custom" && schema === undefined) return tool;
  adjust(draft, "tools", "as_functions");
  return { type: "function", function: { name, description, parameters: parameters ?? schema, strict }, ...others };
}

/** Families with a required description get the name for one: that is what a model sees of a bare function anyway. */
function described(called: FunctionTool["function"], draft: ChatDraft): FunctionTool["function"] {
  const { description } = called;
  if (typeof description === "string" && description !== "") return called;
  adjust(draft, "tools", "described_by_name");
  return { ...called, description: called.name };
}

/** Gemini's and Claude's tools are closed. `strict` asks for what they try anyway. */
function closed(called: FunctionTool["function"], draft: ChatDraft): FunctionTool["function"] {
  if (draft.dialect !== "gemini" && draft.dialect !== "claude") return called;
  const { name, description, parameters, strict, ...others } = called;
  if (strict === true) adjust(draft, "tools", "without_strict");
  if (Object.keys(others).length > 0) adjust(draft, "tools", "without_extras");
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
  };
}

function notAFunction(place: string, type: unknown, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${place} is of type ${quote(String(type))}, and ${quote(model)} calls functions only. Leave it out, or offer a function.`,
    { param: `${place}.type` },
  );
}

function wrongName(place: string, name: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${place} is named ${quote(name)}, and ${quote(model)} takes letters, digits, _ and - only, 64 at most.`,
    { param: `${place}.function.name` },
  );
}

function invalidTool(param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" is missing or of the wrong type.`, { param });
}
