import { blocksOf, type ClaudeMessage } from "./claude-messages.js";

/** Anthropic refuses calls without results in the very next message, and results without calls, in these words. */
export function claudeToolOrderFault(messages: readonly ClaudeMessage[]): string | undefined {
  for (const [index, message] of messages.entries()) {
    const before = idsOf(messages[index - 1], "tool_use");
    for (const [at, block] of blocksOf(message).entries()) {
      if (block.type === "tool_use" && message.role !== "assistant") {
        return `messages.${index}: \`tool_use\` blocks can only be in \`assistant\` messages`;
      }
      if (block.type !== "tool_result") continue;
      if (message.role !== "user") return `messages.${index}: \`tool_result\` blocks can only be in \`user\` messages`;
      if (before.has(block.tool_use_id)) continue;
      return `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    }
    const answered = idsOf(messages[index + 1], "tool_result");
    const open = [...idsOf(message, "tool_use")].filter((id) => !answered.has(id));
    if (open.length > 0) {
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    }
  }
  return undefined;
}

function idsOf(message: ClaudeMessage | undefined, type: "tool_use" | "tool_result"): Set<string> {
  const ids = new Set<string>();
  for (const block of blocksOf(message)) {
    if (block.type === "tool_use" && type === "tool_use") ids.add(block.id);
    if (block.type === "tool_result" && type === "tool_result") ids.add(block.tool_use_id);
  }
  return ids;
}
