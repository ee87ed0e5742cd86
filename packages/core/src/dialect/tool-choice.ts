import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isObject, notTaken, wrongType } from "./field-values.js";
import { type FunctionTool, isHostedSearch } from "./tools.js";

/** Which of the tools is called, in OpenAI's words. */
export type ToolChoice = "auto" | "none" | "required" | { type: "function"; function: { name: string } };

/** The tools of a draft, once they are read. */
export function toolsOf({ fields }: Pick<ChatDraft, "fields">): readonly FunctionTool[] {
  return (fields.tools ?? []) as readonly FunctionTool[];
}

/**
 * A choice in anybody's words, in OpenAI's. Where no tool is left, one that demands no call says nothing. One that demands any is left out
 * where none was sent: LlamaIndex does so for a structured answer, and a model without tools can't obey (November 2026).
 */
export function readToolChoice(value: unknown, draft: ChatDraft): ToolChoice | undefined {
  const hadNone = toolsOf(draft).length === 0 && !draft.adjustments.some(({ field }) => field === "tools");
  const choice = toChoice(value, draft);
  if (toolsOf(draft).length > 0) return choice;
  if (choice === "auto" || choice === "none") return undefined;
  if (hadNone) {
    adjust(draft, "tool_choice", "removed", "changes-answer");
    return undefined;
  }
  throw new FatalUpstreamError(
    "invalid_request",
    '"tool_choice" demands a call, and no tool is left to call. Offer a function, or leave the choice out.',
    { param: "tool_choice" },
  );
}

function toChoice(value: unknown, draft: ChatDraft): ToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  if (value === "any") return asRequired(draft);
  if (!isObject(value)) throw notTaken("tool_choice", draft.model);
  if (isHostedSearch(value)) throw notTaken("tool_choice", draft.model);
  if (value.disable_parallel_tool_use === true) draft.rest.parallel_tool_calls ??= false;
  switch (value.type) {
    case "auto":
    case "none":
    case "required":
      return value.type;
    case "any":
      return asRequired(draft);
    case "function":
    case "tool":
      return chosen(isObject(value.function) ? value.function.name : value.name, draft);
    case "allowed_tools":
      return narrow(isObject(value.allowed_tools) ? value.allowed_tools : value, draft);
    default:
      throw notTaken("tool_choice", draft.model);
  }
}

function asRequired(draft: ChatDraft): "required" {
  if (draft.dialect !== "claude" && toolsOf(draft).length > 0) adjust(draft, "tool_choice", "required");
  return "required";
}

function chosen(name: unknown, draft: ChatDraft): ToolChoice {
  if (typeof name !== "string") throw wrongType("tool_choice.function.name", "the name of a tool");
  requireOffered(name, draft);
  return { type: "function", function: { name } };
}

/** Offers only the tools that are allowed. */
function narrow({ mode, tools: allowed }: Readonly<Record<string, unknown>>, draft: ChatDraft): ToolChoice {
  if (!Array.isArray(allowed)) throw wrongType("tool_choice.allowed_tools.tools", "a list of tools");
  if (mode !== "auto" && mode !== "required") throw wrongType("tool_choice.allowed_tools.mode", '"auto" or "required"');
  const names = new Set<unknown>();
  for (const tool of allowed) {
    if (isHostedSearch(tool)) continue;
    const name =
      isObject(tool) && isObject(tool.function) ? tool.function.name : (tool as { name?: unknown } | null)?.name;
    if (typeof name !== "string") throw wrongType("tool_choice.allowed_tools.tools", "a list of tools with names");
    requireOffered(name, draft);
    names.add(name);
  }
  const kept = toolsOf(draft).filter(({ function: { name } }) => names.has(name));
  if (kept.length === 0) delete draft.fields.tools;
  else draft.fields.tools = kept;
  adjust(draft, "tool_choice", "fewer_tools");
  return mode;
}

function requireOffered(name: string, draft: ChatDraft): void {
  if (toolsOf(draft).some(({ function: offered }) => offered.name === name)) return;
  throw new FatalUpstreamError(
    "invalid_request",
    `"tool_choice" names ${quote(name)}, which is not one of the tools that are offered.`,
    { param: "tool_choice" },
  );
}

/** At most one call in an answer. Without tools it says nothing. */
export function limitToOneCall(value: unknown, draft: ChatDraft): boolean | undefined {
  if (typeof value !== "boolean") throw wrongType("parallel_tool_calls", "true or false");
  if (toolsOf(draft).length === 0) return undefined;
  return draft.dialect === "claude" && value ? undefined : value;
}
