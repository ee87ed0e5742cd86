import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { JsonObject } from "../request/wire-types.js";
import { withoutNulls } from "./root-fields.js";

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

/**
 * Tools without fields that are `null`, which the schemas do not take for absent.
 *
 * @throws FatalUpstreamError `invalid_request` for what is no list of functions with names
 */
export function readTools(tools: unknown): FunctionTool[] {
  if (!Array.isArray(tools)) throw invalidTools("tools");
  return tools.map((tool: FunctionTool | null, index) => {
    const name = tool?.function?.name;
    if (tool === null || typeof name !== "string" || name === "") throw invalidTools(`tools[${index}].function.name`);
    const hasNull = Object.values(tool.function).some((value) => value === null || value === undefined);
    if (!hasNull) return tool;
    return { ...tool, function: { ...withoutNulls(tool.function), name } };
  });
}

/** Families with a required description get the name for one: that is what a model sees of a bare function anyway. */
export function describeTools(tools: unknown, adjustments: Adjustment[]): FunctionTool[] {
  const read = readTools(tools);
  if (read.every(isDescribed)) return read;
  adjustments.push({ field: "tools", to: "tools=described_by_name", rule: "dialect" });
  return read.map((tool) =>
    isDescribed(tool) ? tool : { ...tool, function: { ...tool.function, description: tool.function.name } },
  );
}

/**
 * Tools for families whose tool objects are closed: name, description and parameters. `strict` asks for what they try
 * anyway, so it is taken off and reported.
 *
 * @throws FatalUpstreamError `invalid_request` for any other key, because it would be lost
 */
export function closeTools(tools: readonly FunctionTool[], model: string, adjustments: Adjustment[]): FunctionTool[] {
  if (tools.some((tool) => tool.function.strict === true)) {
    adjustments.push({ field: "tools", to: "tools=without_strict", rule: "dialect" });
  }
  return tools.map(({ type, function: called, ...others }, index) => {
    const { strict: _, ...rest } = called;
    checkKeys(others, [], `tools[${index}]`, model);
    checkKeys(rest, ["name", "description", "parameters"], `tools[${index}].function`, model);
    return { type, function: rest as FunctionTool["function"] };
  });
}

function checkKeys(object: JsonObject, known: readonly string[], place: string, model: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (known.includes(key) || value === null || value === undefined) continue;
    throw new FatalUpstreamError(
      "invalid_request",
      `${place} has a field ${quote(key)}, which ${quote(model)} does not take. Leave it out.`,
      { param: `${place}.${key}` },
    );
  }
}

function isDescribed({ function: { description } }: FunctionTool): boolean {
  return typeof description === "string" && description !== "";
}

function invalidTools(param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" is missing or of the wrong type.`, { param });
}
