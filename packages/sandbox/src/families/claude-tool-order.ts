import { blocksOf, type ClaudeMessage, joinNeighbours } from "./claude-messages.js";

/**
 * Anthropic refuses calls without results at the head of the very next message, results without calls, and two of either
 * with one id, in these words.
 */
export function claudeToolOrderFault(given: readonly ClaudeMessage[]): string | undefined {
  const messages = joinNeighbours(given);
  const called = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const before = idsOf(messages[index - 1], "tool_use");
    const results = new Set<string>();
    for (const [at, block] of blocksOf(message).entries()) {
      if (block.type === "tool_use") {
        if (message.role !== "assistant") return `messages.${index}: ${onlyIn("tool_use", "assistant")}`;
        if (called.has(block.id)) return `messages.${index}.content.${at}: \`tool_use\` ids must be unique`;
        called.add(block.id);
      }
      if (block.type !== "tool_result") continue;
      const { tool_use_id: id } = block;
      if (message.role !== "user") return `messages.${index}: ${onlyIn("tool_result", "user")}`;
      if (!before.includes(id)) {
        return `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
      }
      if (results.has(id)) {
        return `messages.${index}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`;
      }
      results.add(id);
    }
    const answered = headResults(messages[index + 1]);
    const open = idsOf(message, "tool_use").filter((id) => !answered.includes(id));
    if (open.length > 0) {
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    }
  }
  return undefined;
}

function onlyIn(type: string, role: string): string {
  return `\`${type}\` blocks can only be in \`${role}\` messages`;
}

/** Results count before any other block of their message: text between call and result is refused. */
function headResults(message: ClaudeMessage | undefined): string[] {
  const blocks = blocksOf(message);
  const end = blocks.findIndex((block) => block.type !== "tool_result");
  return (end < 0 ? blocks : blocks.slice(0, end)).flatMap((block) =>
    block.type === "tool_result" ? [block.tool_use_id] : [],
  );
}

function idsOf(message: ClaudeMessage | undefined, type: "tool_use"): string[] {
  return blocksOf(message).flatMap((block) => (block.type === type ? [block.id] : []));
}
