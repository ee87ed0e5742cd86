import type { Dialect } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isObject, shown, withoutNulls, writeJson } from "./field-values.js";

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

/** What the vendors take as a name. Of Together's nothing is published. */
const TOOL_NAMES: Readonly<Partial<Record<Dialect, readonly [pattern: RegExp, words: string]>>> = {
  openai: [/^[\w-]{1,64}$/, "letters, digits, _ and - only, 64 at most"],
  claude: [/^[\w-]{1,64}$/, "letters, digits, _ and - only, 64 at most"],
  gemini: [/^[A-Za-z_][\w-]{0,63}$/, "letters, digits, _ and - only, a letter or _ first, 64 at most"],
};
/** Keys of a function, by family; any other is a 400 there. */
const FUNCTION_KEYS: Readonly<Partial<Record<Dialect, readonly string[]>>> = {
  openai: ["name", "description", "parameters", "strict", "required"],
  gemini: ["name", "description", "parameters"],
  claude: ["name", "description", "parameters"],
};
/** What neither OpenAI nor Anthropic takes at the root of a tool's schema. */
export const NOT_AT_ROOT = ["anyOf", "oneOf", "allOf", "enum", "not"] as const;
/** OpenAI's bound. */
const MOST_TOOLS = 128;

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
  if (draft.dialect === "openai" && tools.length > MOST_TOOLS) {
    throw refusedTool("tools", `"tools" has ${tools.length} functions, and ${quote(draft.model)} takes ${MOST_TOOLS}.`);
  }
  const known = tools.filter((tool, index) => !isRepeated(tool, tools.slice(0, index), draft));
  return known.length === 0 ? undefined : known;
}

/** The same function twice is one. @throws FatalUpstreamError `invalid_request` for two of one name */
function isRepeated(tool: FunctionTool, before: readonly FunctionTool[], draft: ChatDraft): boolean {
  const { name } = tool.function;
  const same = before.find(({ function: earlier }) => earlier.name === name);
  if (same === undefined) return false;
  if (writeJson(same, "tools") !== writeJson(tool, "tools")) {
    throw refusedTool("tools", `"tools" has two functions named ${quote(name)}. Give each a name of its own.`);
  }
  adjust(draft, "tools", "without_repeated");
  return true;
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
  const [pattern, words] = TOOL_NAMES[draft.dialect] ?? [];
  if (pattern?.test(named.name) === false) {
    throw refusedTool(
      `${place}.function.name`,
      `${place} is named ${quote(named.name)}, and ${quote(draft.model)} takes ${words}.`,
    );
  }
  const plain = closed(draft.dialect === "openai" ? named : described(named, draft), draft);
  return { type, function: withRoot(plain, `${place}.function.parameters`, draft) };
}

/** What OpenAI and Anthropic take at the root of a schema: an object, with properties. */
function withRoot(called: FunctionTool["function"], param: string, draft: ChatDraft): FunctionTool["function"] {
  const { parameters } = called;
  if (parameters === undefined || (draft.dialect !== "openai" && draft.dialect !== "claude")) return called;
  if (!isObject(parameters)) throw refusedTool(param, `"${param}" must be a JSON schema.`);
  const { type = "object", properties = {} } = parameters;
  const combinator = NOT_AT_ROOT.find((key) => key in parameters);
  if (type !== "object" || combinator !== undefined) {
    const what = combinator === undefined ? `type ${shown(type)}` : quote(combinator);
    throw refusedTool(
      param,
      `"${param}" has ${what} at its root, and ${quote(draft.model)} takes an object with properties there.`,
    );
  }
  return { ...called, parameters: { ...parameters, type, properties } };
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

/** `strict` asks for what the others try anyway. */
function closed(called: FunctionTool["function"], draft: ChatDraft): FunctionTool["function"] {
  const known = FUNCTION_KEYS[draft.dialect];
  if (known === undefined) return called;
  const others = Object.keys(called).filter((key) => !known.includes(key));
  if (others.length === 0) return called;
  if (others.includes("strict") && called.strict === true) adjust(draft, "tools", "without_strict");
  if (others.some((key) => key !== "strict")) adjust(draft, "tools", "without_extras");
  const entries = Object.entries(called).filter(([key]) => known.includes(key));
  return { ...Object.fromEntries(entries), name: called.name };
}

function notAFunction(place: string, type: unknown, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${place} is of type ${shown(type)}, and ${quote(model)} calls functions only. Leave it out, or offer a function.`,
    { param: `${place}.type` },
  );
}

function refusedTool(param: string, message: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", message, { param });
}

function invalidTool(param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" is missing or of the wrong type.`, { param });
}
