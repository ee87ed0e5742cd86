import type { ChatRequest, ToolCall } from "../chat/chat-request.js";
import { answerFromTools, describeValue } from "./answer-from-tools.js";
import { chooseTool } from "./choose-tool.js";
import { extractAnswer } from "./extract-answer.js";
import { fillSchema } from "./fill-schema.js";
import { longAnswer } from "./long-answer.js";
import { greeting, plainAnswer } from "./plain-answer.js";
import { type Prompt, readPrompt } from "./read-prompt.js";

/** An answer before the output cap: the same request always gets the same one. */
export interface GeneratedAnswer {
  content: string;
  toolCalls: ToolCall[];
}

/** Call a tool, report what a tool said, fill a schema, or answer in words: the first that fits. */
export function generateAnswer(request: ChatRequest): GeneratedAnswer {
  const prompt = readPrompt(request.turns);
  const tool = chooseTool(request, prompt.question);
  if (tool) {
    const values = fillSchema(tool.parameters, sourceOf(prompt), () => inWords(request, prompt));
    const call = { id: callIdOf(request), name: tool.name, arguments: JSON.stringify(values) };
    return { content: "", toolCalls: [call] };
  }
  return { content: inFormat(request, prompt), toolCalls: [] };
}

function inFormat(request: ChatRequest, prompt: Prompt): string {
  const words = () => inWords(request, prompt);
  switch (request.format.kind) {
    case "schema":
      return JSON.stringify(fillSchema(request.format.schema, sourceOf(prompt), words));
    case "json":
      return JSON.stringify({ answer: words() });
    default:
      return words();
  }
}

function inWords(request: ChatRequest, prompt: Prompt): string {
  return (
    answerFromTools(request.turns, prompt.question) ??
    greeting(prompt.question) ??
    longAnswer(prompt.question) ??
    extractAnswer(prompt) ??
    plainAnswer(prompt.question)
  );
}

/** What arguments and fields are taken from: the question first, then what was given with it. */
function sourceOf(prompt: Prompt): string {
  return [prompt.question, ...prompt.toolResults.map(describeValue), ...prompt.passages].join("\n");
}

/** Unique within a conversation and the same at every run: calls are numbered. */
export function callIdOf(request: ChatRequest): string {
  const earlier = request.turns.reduce((sum, turn) => sum + turn.toolCalls.length, 0);
  return `call_${String(earlier + 1).padStart(24, "0")}`;
}
