import { isObject } from "../../dialect/field-values.js";

/** What the input of a custom tool has to be, in words; `undefined` where any text will do. */
export function describeGrammar(format: unknown): string | undefined {
  if (!isObject(format) || format.type !== "grammar") return undefined;
  // OpenAI's chats nest it once more.
  const { syntax, definition } = isObject(format.grammar) ? format.grammar : format;
  if (typeof definition !== "string") return undefined;
  const kind = syntax === "regex" ? "regular expression" : "Lark grammar";
  return `The input must match this ${kind}:\n${definition}`;
}
