import type { BindToolsInput, ToolChoice } from "@langchain/core/language_models/chat_models";
import { convertToOpenAITool } from "@langchain/core/utils/function_calling";

/** Tools in OpenAI's shape; what has it already passes unchanged. */
export function toTools(tools: readonly BindToolsInput[], strict: boolean | undefined): Record<string, unknown>[] {
  return tools.map((tool) => {
    const converted = convertToOpenAITool(tool as Record<string, unknown>) as unknown as Record<string, unknown>;
    const definition = converted.function;
    if (strict === undefined || typeof definition !== "object") return converted;
    // A copy: core's own option writes `strict` into the caller's object.
    return { ...converted, function: { ...definition, strict } };
  });
}

/** LangChain's tool choice in OpenAI's words: `any` is `required`, and any other word the name of a tool. */
export function toToolChoice(choice: ToolChoice): unknown {
  if (typeof choice !== "string") return choice;
  switch (choice) {
    case "any":
    case "required":
      return "required";
    case "auto":
    case "none":
      return choice;
    default:
      return { type: "function", function: { name: choice } };
  }
}
