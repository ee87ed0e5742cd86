import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";

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

/** @throws FatalUpstreamError `invalid_request` for what is no list of functions with names */
export function readTools(tools: unknown): FunctionTool[] {
  if (!Array.isArray(tools)) throw invalidTools("tools");
  for (const [index, tool] of tools.entries()) {
    const name = (tool as FunctionTool | null)?.function?.name;
    if (typeof name !== "string" || name === "") throw invalidTools(`tools[${index}].function.name`);
  }
  return tools as FunctionTool[];
}

/** Families with a required description get the name for one: that is what a model sees of a bare function anyway. */
export function describeTools(tools: unknown, adjustments: Adjustment[]): FunctionTool[] {
  let isChanged = false;
  const described = readTools(tools).map((tool) => {
    if (typeof tool.function.description === "string" && tool.function.description !== "") return tool;
    isChanged = true;
    return { ...tool, function: { ...tool.function, description: tool.function.name } };
  });
  if (isChanged) adjustments.push({ field: "tools", to: "tools=described_by_name", rule: "dialect" });
  return described;
}

function invalidTools(param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" is missing or of the wrong type.`, { param });
}
