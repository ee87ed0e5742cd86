import { invalidBody, type Refusal, vendorRefusal } from "../tier/refusal.js";
import { blocksOf, type ClaudeMessage } from "./claude-messages.js";
import { claudeToolOrderFault } from "./claude-tool-order.js";

/** What of a body the checks below read. */
interface CheckedBody {
  messages: readonly ClaudeMessage[];
  max_tokens?: number | undefined;
  temperature?: number | undefined;
  top_k?: number | undefined;
  tools?: readonly { name: string; input_schema: Record<string, unknown> }[] | undefined;
  tool_choice?: { type: "auto" | "any" | "none" } | { type: "tool"; name: string } | undefined;
  thinking?: { budget_tokens: number } | undefined;
}

/** What the published schema takes and Anthropic does not, in its words. */
export function claudeFault(body: CheckedBody, defaultMaxTokens: number): Refusal | undefined {
  if (body.thinking && body.thinking.budget_tokens >= (body.max_tokens ?? defaultMaxTokens)) {
    return invalidBody("max_tokens: must be greater than thinking.budget_tokens");
  }
  const words = claudeToolOrderFault(body.messages) ?? toolsFault(body) ?? thinkingFault(body) ?? endFault(body);
  return words === undefined ? undefined : vendorRefusal(words);
}

const combinators = ["oneOf", "allOf", "anyOf"];

function toolsFault({ messages, tools = [], tool_choice: choice }: CheckedBody): string | undefined {
  const names = tools.map((tool) => tool.name);
  if (new Set(names).size < names.length) return "tools: Tool names must be unique.";
  for (const [index, { input_schema: schema }] of tools.entries()) {
    if (!combinators.some((key) => key in schema)) continue;
    return `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  }
  if (tools.length > 0) {
    if (choice?.type !== "tool" || names.includes(choice.name)) return undefined;
    return `tool_choice: Tool '${choice.name}' not found in provided tools`;
  }
  if (choice) return "tool_choice: may only be specified while providing tools";
  const spoken = messages.flatMap(blocksOf).some(({ type }) => type === "tool_use" || type === "tool_result");
  return spoken ? "tools: Requests which include `tool_use` or `tool_result` blocks must define tools" : undefined;
}

function thinkingFault(body: CheckedBody): string | undefined {
  if (!body.thinking) return undefined;
  if (body.temperature !== undefined && body.temperature !== 1) {
    return "`temperature` may only be set to 1 when thinking is enabled";
  }
  if (body.top_k !== undefined) return "`top_k` must be unset when thinking is enabled";
  const forced = body.tool_choice?.type === "any" || body.tool_choice?.type === "tool";
  return forced ? "Thinking may not be enabled when tool_choice forces tool use." : undefined;
}

/** A last assistant message is continued, and a model does not continue after a blank, nor before it has thought. */
function endFault({ messages, thinking }: CheckedBody): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return undefined;
  const [start] = blocksOf(last);
  if (thinking && start && start.type !== "thinking" && start.type !== "redacted_thinking") {
    return `messages.${messages.length - 1}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${start.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`;
  }
  const end = blocksOf(last).at(-1);
  if (end?.type !== "text" || !/\s$/.test(end.text)) return undefined;
  return "messages: final assistant content cannot end with trailing whitespace";
}
