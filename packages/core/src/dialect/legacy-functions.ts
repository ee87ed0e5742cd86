import type { ChatCompletion, ChatCompletionChunk, ChatDelta, JsonObject } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import type { AnswerTransform } from "./dialect.js";
import { isObject, wrongType } from "./field-values.js";

/** OpenAI's functions of 2023 as tools. The answer calls them in the older words again. */
export function translateFunctions(value: unknown, draft: ChatDraft): undefined {
  if (!Array.isArray(value) || !value.every(isObject)) throw wrongType("functions", "a list of functions");
  if (value.length === 0) return;
  const tools = Array.isArray(draft.rest.tools) ? draft.rest.tools : [];
  draft.rest.tools = [...tools, ...value.map((called) => ({ type: "function", function: called }))];
  draft.transforms.push(asFunctionCall);
  adjust(draft, "functions", "tools");
}

/** The choice among such functions. */
export function translateFunctionChoice(value: unknown, draft: ChatDraft): undefined {
  draft.rest.tool_choice ??= isObject(value) ? { type: "function", function: { name: value.name } } : value;
  adjust(draft, "function_call", "tool_choice");
}

/** Answers whose first call of a tool is a `function_call`: the older words have room for one. */
const asFunctionCall: AnswerTransform = (reader) => ({
  readAnswer(answer, report) {
    const read = reader.readAnswer(answer, report);
    return { ...read, choices: read.choices.map(withFunctionCall) };
  },
  readStream(report) {
    const inner = reader.readStream(report);
    const older = (chunk: ChatCompletionChunk): ChatCompletionChunk =>
      chunk.choices.some(isAboutCalls) ? { ...chunk, choices: chunk.choices.map(withFunctionDelta) } : chunk;
    return {
      read: (chunk) => older(inner.read(chunk)),
      end() {
        const rest = inner.end();
        return rest && older(rest);
      },
    };
  },
});

type Choice = ChatCompletion["choices"][number];
type ChunkChoice = ChatCompletionChunk["choices"][number];

function withFunctionCall(choice: Choice): Choice {
  const { tool_calls: calls, ...message } = choice.message;
  const [call] = calls ?? [];
  if (call === undefined) return choice;
  return {
    ...choice,
    message: { ...message, function_call: call.function },
    finish_reason: older(choice.finish_reason),
  };
}

function isAboutCalls({ delta, finish_reason: reason }: ChunkChoice): boolean {
  return delta?.tool_calls != null || reason === "tool_calls";
}

function withFunctionDelta(choice: ChunkChoice): ChunkChoice {
  const { tool_calls: calls, ...delta } = choice.delta ?? {};
  const first = calls?.find(({ index }) => index === 0)?.function;
  const called: ChatDelta = first === undefined ? delta : { ...delta, function_call: first satisfies JsonObject };
  return { ...choice, delta: called, finish_reason: older(choice.finish_reason) };
}

function older(reason: string | null): string | null {
  return reason === "tool_calls" ? "function_call" : reason;
}
