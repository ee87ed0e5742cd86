import { type CallAnswer, toDelta } from "../call/shape-answer.js";
import type { ChatCompletion, ChatCompletionChunk } from "../request/wire-types.js";
import { callPart, type MessagePart, textPart } from "./message-parts.js";
import type { Attributes } from "./open-telemetry.js";

/** Picks out of an answer, as it comes, what its span says. */
export interface AnswerTrace {
  /** Whether it reads the words of the answer too. */
  readonly keepsContent: boolean;
  chunk(chunk: ChatCompletionChunk): void;
  whole(answer: CallAnswer): void;
  attributes(): Attributes;
}

interface TracedChoice {
  reason: string | undefined;
  text: string;
  thoughts: string;
  /** By the upstream's own index: in a list, one of a billion would make as many places. */
  readonly calls: Map<unknown, { id: string; name: string; arguments: string }>;
}

/** @param keepsContent whether the words of the answer are kept too */
export function createAnswerTrace(keepsContent: boolean): AnswerTrace {
  const choices = new Map<number, TracedChoice>();
  let id: unknown;
  let model: unknown;

  const choiceOf = (index: number): TracedChoice => {
    const choice = choices.get(index) ?? { reason: undefined, text: "", thoughts: "", calls: new Map() };
    choices.set(index, choice);
    return choice;
  };
  const chunk = (part: Pick<ChatCompletionChunk, "id" | "model" | "choices">): void => {
    id ??= part.id;
    model ??= part.model;
    for (const { index, delta, finish_reason: reason } of part.choices) {
      const choice = choiceOf(index);
      if (reason) choice.reason = reason;
      if (keepsContent) keep(choice, delta);
    }
  };

  return {
    keepsContent,
    chunk,
    whole(answer) {
      if (answer.object === "chat.completion") {
        const { choices: given, ...head } = answer as ChatCompletion;
        chunk({ ...head, choices: given.map(({ message, ...rest }) => ({ ...rest, delta: toDelta(message) })) });
      } else model ??= (answer as { model?: unknown }).model;
    },
    attributes() {
      const all = [...choices].toSorted(([one], [other]) => one - other).map(([, choice]) => choice);
      const messages = all.map((choice) => ({
        role: "assistant",
        parts: partsOf(choice),
        finish_reason: endOf(choice),
      }));
      return {
        ...(typeof id === "string" ? { "gen_ai.response.id": id } : {}),
        ...(typeof model === "string" ? { "gen_ai.response.model": model } : {}),
        ...(all.length === 0 ? {} : { "gen_ai.response.finish_reasons": all.map(endOf) }),
        ...(keepsContent && all.length > 0 ? { "gen_ai.output.messages": JSON.stringify(messages) } : {}),
      };
    },
  };
}

/** The conventions' word for a choice that has begun, and has no end. */
function endOf({ reason }: TracedChoice): string {
  return reason ?? "error";
}

function keep(choice: TracedChoice, delta: ChatCompletionChunk["choices"][number]["delta"]): void {
  choice.text += delta.content ?? "";
  choice.thoughts += delta.reasoning_content ?? "";
  for (const { index, id, function: asked } of delta.tool_calls ?? []) {
    const call = choice.calls.get(index) ?? { id: "", name: "", arguments: "" };
    choice.calls.set(index, call);
    call.id ||= id ?? "";
    call.name ||= asked?.name ?? "";
    call.arguments += asked?.arguments ?? "";
  }
}

function partsOf({ text, thoughts, calls }: TracedChoice): MessagePart[] {
  return [
    ...(thoughts === "" ? [] : [{ type: "reasoning", content: thoughts }]),
    ...(text === "" ? [] : [textPart(text)]),
    ...[...calls.values()].map(({ id, ...asked }) => callPart({ id, function: asked })),
  ];
}
