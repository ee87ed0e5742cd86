import type { ChatModel } from "./model.js";

/** Whether a model answers in a form that is asked for: it has a `response_format`, or calls the tool that stands for one. */
export function answersInFormat({ dialect, capabilities }: ChatModel): boolean {
  return capabilities.responseFormat || (capabilities.tools && (dialect === "claude" || dialect === "gemini"));
}
