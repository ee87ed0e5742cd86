import type { Answer } from "../server/job.js";
import { countTokens, tokenAt } from "../text/tokens.js";
import { usageFields } from "./chat-usage.js";
import { type Completion, completionId, toolCallBody } from "./completion-body.js";

type Events = Extract<Answer["content"], { kind: "events" }>;

/**
 * The events of a streamed answer, one step per model token: the role first, then reasoning and text, then tool calls (their
 * arguments in pieces), last the finish reason with usage and `[DONE]`, which leave together.
 */
export function completionEvents(completion: Completion, includeUsage: boolean): Events {
  const { answer } = completion;
  const head = JSON.stringify({
    id: completionId(),
    object: "chat.completion.chunk",
    created: completion.created,
    model: completion.model,
    system_fingerprint: "sandbox",
    ...completion.fields,
  }).slice(0, -1);
  // As OpenAI does: once usage is asked for, every chunk has the field.
  const tail = includeUsage ? ',"usage":null}' : "}";
  const chunk = (choice: number, delta: string, finish = "null") =>
    `data: ${head},"choices":[{"index":${choice},"delta":${delta},"logprobs":null,"finish_reason":${finish}}]${tail}\n\n`;

  const reasoningSteps = countTokens(answer.reasoning);
  const textSteps = countTokens(answer.content);
  const callSteps = answer.toolCalls.flatMap((call, index) =>
    toolCallDeltas(toolCallBody(call), call.arguments, index),
  );
  const perChoice = 2 + reasoningSteps + textSteps + callSteps.length;
  const opening = JSON.stringify({
    role: "assistant",
    content: callSteps.length > 0 && textSteps === 0 ? null : "",
    refusal: null,
  });

  function eventOfChoice(choice: number, index: number): string {
    if (index === 0) return chunk(choice, opening);
    if (index <= reasoningSteps) {
      return chunk(choice, `{"reasoning_content":${JSON.stringify(tokenAt(answer.reasoning, index - 1))}}`);
    }
    const step = index - reasoningSteps;
    if (step <= textSteps) return chunk(choice, `{"content":${JSON.stringify(tokenAt(answer.content, step - 1))}}`);
    const delta = callSteps[step - 1 - textSteps];
    return delta === undefined ? chunk(choice, "{}", JSON.stringify(answer.finishReason)) : chunk(choice, delta);
  }

  const count = perChoice * completion.choices;
  return {
    kind: "events",
    count,
    event(index) {
      const event = eventOfChoice(Math.floor(index / perChoice), index % perChoice);
      if (index < count - 1) return event;
      const usage = JSON.stringify(usageFields(completion.usage, completion.usageShape)).slice(1);
      return `${event}${includeUsage ? `data: ${head},"choices":[],${usage}\n\n` : ""}data: [DONE]\n\n`;
    },
  };
}

/** A call's name comes whole, its arguments in pieces of four tokens, as vendors send them. */
function toolCallDeltas(body: object, argumentsText: string, index: number): string[] {
  const call = body as { function: { name: string } };
  const first = { index, ...call, function: { name: call.function.name, arguments: "" } };
  const deltas = [JSON.stringify({ tool_calls: [first] })];
  const pieceLength = 16;
  for (let at = 0; at < argumentsText.length; at += pieceLength) {
    const piece = argumentsText.slice(at, at + pieceLength);
    deltas.push(JSON.stringify({ tool_calls: [{ index, function: { arguments: piece } }] }));
  }
  return deltas;
}
