import type { ChatTurn } from "../chat/chat-request.js";
import { sentencesOf } from "../text/sentences.js";
import { extractAnswer } from "./extract-answer.js";

/** A picture in Markdown at the end of a text: a full stop would stand alone below it. */
const PICTURE = /!\[[^\]]*\]\([^)\s]*\)$/;

/** Reports what the tools said since the last user message; undefined when none said anything. */
export function answerFromTools(turns: readonly ChatTurn[], question: string): string | undefined {
  const start = turns.findLastIndex((turn) => turn.role === "user") + 1;
  const since = turns.slice(start);
  const names = since.flatMap((turn) => turn.toolCalls).map((call) => call.name);
  const results = since.filter((turn) => turn.role === "tool" || turn.role === "function");
  if (results.length === 0) return undefined;
  return results.map((result, index) => report(result.text, names[index], question)).join(" ");
}

function report(content: string, tool: string | undefined, question: string): string {
  const text = describeValue(content).trim();
  const sentences = sentencesOf(text);
  if (sentences.length > 3) {
    return extractAnswer({ question, passages: [text], marked: true, earlier: [], toolResults: [] }) ?? text;
  }
  if (text !== content) return `${tool ? `From ${tool}: ` : ""}${text}.`;
  // A bare value needs a subject; a sentence is an answer already.
  const bare = !/\s\S+\s/.test(text);
  if (bare && !PICTURE.test(text)) return `The result${tool ? ` of ${tool}` : ""} is ${text}.`;
  return /[.!?]$/.test(text) || PICTURE.test(text) ? text : `${text}.`;
}

/** A tool's content in words: JSON is read out, other text stays. */
export function describeValue(content: string): string {
  try {
    return inWords(JSON.parse(content));
  } catch {
    return content;
  }
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join("\n");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(
      ([key, field]) =>
        `${humanName(key)}: ${typeof field === "object" ? inWords(field).replaceAll("\n", "; ") : field}`,
    )
    .join(", ");
}

/** `birthYear`, `birth_year` -> "birth year" */
export function humanName(key: string): string {
  return key
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/[_-]+/g, " ")
    .toLowerCase();
}
