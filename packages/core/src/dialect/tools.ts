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
  const read = readTools(tools);
  if (read.every(isDescribed)) return read;
  adjustments.push({ field: "tools", to: "tools=described_by_name", rule: "dialect" });
  return read.map((tool) =>
    isDescribed(tool) ? tool : { ...tool, function: { ...tool.function, description: tool.function.name } },
  );
}

/** Families with closed tool objects refuse `strict`. It asks for what they try anyway, so it is taken off and reported. */
export function withoutStrict(tools: readonly FunctionTool[], adjustments: Adjustment[]): FunctionTool[] {
  if (tools.some((tool) => tool.function.strict === true)) {
    adjustments.push({ field: "tools", to: "tools=without_strict", rule: "dialect" });
  }
  return tools.map(({ type, function: { strict: _, ...rest } }) => ({
    type,
    function: rest as FunctionTool["function"],
  }));
}

function isDescribed({ function: { description } }: FunctionTool): boolean {
  return typeof description === "string" && description !== "";
}

function invalidTools(param: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" is missing or of the wrong type.`, { param });
}
