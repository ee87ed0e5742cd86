import { isObject } from "../../dialect/field-values.js";
import { quote } from "../../errors/quote.js";
import { invalid, isSet, wrongKind } from "./invalid.js";
import type { ClientTool, ToolTable } from "./tool-table.js";

const WORDS: readonly unknown[] = ["auto", "none", "required"];

/**
 * Which tool is called, in the words of chats: here a choice is flat. Where no tool is left, a choice that demands no call says nothing.
 *
 * @throws FatalUpstreamError `invalid_request` for a choice that can't be kept
 */
export function readChoice(choice: unknown, table: ToolTable): unknown {
  if (!isSet(choice)) return undefined;
  const isEmpty = table.offered.length === 0;
  if (WORDS.includes(choice)) {
    if (!isEmpty) return choice;
    if (choice === "required" && table.hasDropped) throw nothingLeft();
    return undefined;
  }
  if (!isObject(choice)) throw wrongKind("tool_choice", '"auto", "none", "required", or a tool');
  if (choice.type === "allowed_tools") return narrow(choice, table);
  const tool = toolIn(choice);
  if (tool === undefined) {
    const type = typeof choice.type === "string" ? quote(choice.type) : "a tool without a type";
    throw invalid(
      `"tool_choice" demands ${type}, and only functions and custom tools can be called here.`,
      "tool_choice",
    );
  }
  return { type: "function", function: { name: offeredName(tool, table) } };
}

/** Offers only the tools that are allowed. Those that are run elsewhere are left out with the others. */
function narrow({ allowed_tools: nested, ...flat }: Readonly<Record<string, unknown>>, table: ToolTable): unknown {
  const { mode = "auto", tools } = isObject(nested) ? nested : (flat as { mode?: unknown; tools?: unknown });
  if (mode !== "auto" && mode !== "required") throw wrongKind("tool_choice.mode", '"auto" or "required"');
  if (!Array.isArray(tools)) throw wrongKind("tool_choice.tools", "a list of tools");
  const names = tools.flatMap((allowed: unknown) => {
    const tool = isObject(allowed) ? toolIn(allowed) : undefined;
    return tool === undefined ? [] : [offeredName(tool, table)];
  });
  if (names.length === 0) {
    if (mode === "required") throw nothingLeft();
    return table.offered.length === 0 ? undefined : "none";
  }
  const allowed = names.map((name) => ({ type: "function", function: { name } }));
  return { type: "allowed_tools", allowed_tools: { mode, tools: allowed } };
}

/** Some clients nest the name as chats do. */
function toolIn({ type, name, namespace, ...nested }: Readonly<Record<string, unknown>>): ClientTool | undefined {
  if (type !== "function" && type !== "custom") return undefined;
  const inner = nested[type];
  const called = name ?? (isObject(inner) ? inner.name : undefined);
  if (typeof called !== "string") throw wrongKind("tool_choice.name", "the name of a tool");
  return { kind: type, name: called, ...(typeof namespace === "string" ? { namespace } : {}) };
}

function offeredName(tool: ClientTool, table: ToolTable): string {
  if (table.isOffered(tool)) return table.chatName(tool);
  const message = `"tool_choice" names ${quote(tool.name)}, which is not one of the tools that are offered.`;
  throw invalid(message, "tool_choice");
}

function nothingLeft(): Error {
  const message =
    '"tool_choice" demands a call, and no tool is left to call. Offer a function, or leave the choice out.';
  return invalid(message, "tool_choice");
}
