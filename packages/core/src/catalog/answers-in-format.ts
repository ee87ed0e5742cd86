import type { ChatModel } from "./model.js";

/**
 * Whether a model answers in a form that is asked for: it has a `response_format`, or is documented to call tools, one of which stands for
 * it. Of others JSON is asked in words, which they may not obey.
 */
export function answersInFormat({ dialect, capabilities }: ChatModel): boolean {
  return capabilities.responseFormat || (capabilities.tools && (dialect === "claude" || dialect === "gemini"));
}
