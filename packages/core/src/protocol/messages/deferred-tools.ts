import { isObject } from "../../dialect/field-values.js";

/**
 * The tools that the model does not see yet: those of `defer_loading` that no result of a search names (platform.claude.com/docs/en/
 * agents-and-tools/tool-use/tool-search-tool, November 2026). Claude Code searches by a tool of its own, and lists a placeholder that must
 * never be called (2.1.332). A search that runs at Anthropic can't find a tool here, so the model sees all of them.
 */
export function deferredTools(tools: readonly unknown[], choice: unknown, messages: unknown): ReadonlySet<unknown> {
  const deferred = tools.filter((tool) => isObject(tool) && tool.defer_loading === true);
  if (deferred.length === 0 || deferred.length === tools.length || tools.some(isHostedSearch)) return new Set();
  const seen = foundTools(messages);
  if (isObject(choice)) seen.add(choice.name);
  return new Set(deferred.filter((tool) => isObject(tool) && !seen.has(tool.name)));
}

function isHostedSearch(tool: unknown): boolean {
  return isObject(tool) && typeof tool.type === "string" && tool.type.startsWith("tool_search_tool_");
}

/** What the results of searches name. */
function foundTools(messages: unknown): Set<unknown> {
  const results = listOf(messages).flatMap((message) => (isObject(message) ? listOf(message.content) : []));
  const blocks = results.flatMap((block) =>
    isObject(block) && block.type === "tool_result" ? listOf(block.content) : [],
  );
  return new Set(
    blocks.flatMap((block) => (isObject(block) && block.type === "tool_reference" ? [block.tool_name] : [])),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
