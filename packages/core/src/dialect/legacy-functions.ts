import type { Adjustment } from "../request/adjustment.js";
import type { ChatCompletion, ChatDelta, ChatMessage, ToolCall } from "../request/wire-types.js";
import { byChoice, type ChoiceReader } from "./by-choice.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import type { AnswerTransform } from "./dialect.js";
import { isObject, wrongType } from "./field-values.js";
import { changeChoices } from "./map-changed.js";
import { noSuchCall } from "./no-such-call.js";

/** OpenAI's functions of 2023 as tools. The answer calls them in the older words again. */
export function translateFunctions(value: unknown, draft: ChatDraft): undefined {
  if (!Array.isArray(value) || !value.every(isObject)) throw wrongType("functions", "a list of functions");
  if (value.length === 0) return;
  const tools = Array.isArray(draft.rest.tools) ? draft.rest.tools : [];
  draft.rest.tools = [...tools, ...value.map((called) => ({ type: "function", function: called }))];
  draft.hasFunctions = true;
  adjust(draft, "functions", "tools");
}

/** The choice among such functions. */
export function translateFunctionChoice(value: unknown, draft: ChatDraft): undefined {
  draft.rest.tool_choice ??= isObject(value) ? { type: "function", function: { name: value.name } } : value;
  adjust(draft, "function_call", "tool_choice");
}

/** Messages whose calls of functions are calls of tools, with ids that are given here: the older words have none. */
export function functionsAsTools(draft: ChatDraft): readonly ChatMessage[] {
  let count = 0;
  let open: { id: string; name: unknown } | undefined;
  return draft.messages.map((message, index) => {
    if (message.role === "assistant" && isObject(message.function_call)) {
      const { function_call: called, ...rest } = message;
      count += 1;
      open = { id: `call_function_${count}`, name: called.name };
      adjust(draft, "messages", "functions_as_tools");
      const call = { id: open.id, type: "function", function: called } as unknown as ToolCall;
      return { ...rest, tool_calls: [...(Array.isArray(message.tool_calls) ? message.tool_calls : []), call] };
    }
    if (message.role !== "function") return message;
    if (open === undefined || (message.name !== undefined && message.name !== open.name))
      throw noSuchCall(message, draft.places[index] ?? index);
    const { name: _, ...rest } = message;
    const result = { ...rest, role: "tool", tool_call_id: open.id };
    open = undefined;
    return result;
  });
}

/** The older words have room for one call. */
const FIRST_CALL: Adjustment = { field: "function_call", to: "function_call=first_of_several", rule: "dialect" };

/** Answers whose first call of a tool is a `function_call`. */
export const asFunctionCall: AnswerTransform = (reader) => ({
  readAnswer: (answer, report) =>
    changeChoices(reader.readAnswer(answer, report), (choice) => {
      const { tool_calls: calls, ...message } = choice.message;
      const [call, ...others] = calls ?? [];
      if (call === undefined) return choice;
      if (others.length > 0) report(FIRST_CALL);
      return inOlderWords({ ...choice, message: { ...message, function_call: call.function } });
    }),
  readStream: (report) =>
    byChoice(
      reader.readStream(report),
      (): ChoiceReader => ({
        read(choice) {
          const { tool_calls: calls, ...delta } = choice.delta ?? {};
          if (!calls?.length) return inOlderWords(choice);
          if (calls.some(({ index }) => index > 0)) report(FIRST_CALL);
          const first = calls.find(({ index }) => !index)?.function;
          const called: ChatDelta = first === undefined ? delta : { ...delta, function_call: { ...first } };
          return inOlderWords({ ...choice, delta: called });
        },
        end: () => undefined,
      }),
    ),
});

type Choice = Pick<ChatCompletion["choices"][number], "finish_reason">;

function inOlderWords<Any extends Choice>(choice: Any): Any {
  return choice.finish_reason === "tool_calls" ? { ...choice, finish_reason: "function_call" } : choice;
}
