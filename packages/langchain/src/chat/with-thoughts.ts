import type { ChatAnswerMessage, ChatCompletion, ChatCompletionChunk, ChatStream, Laplas } from "@laplas/core";
import { createThinkSplitter, type SplitText, type ThinkSplitter } from "./think-splitter.js";

/** Whether a model may think inside its text: one that is documented to think, or one that nobody has documented. */
export function mayThinkInText(engine: Laplas, name: string): boolean {
  const found = engine.findModel(name);
  return found.kind !== "model" || (found.model.modality === "chat" && found.model.capabilities.reasoning);
}

/** The answer with its thoughts as `reasoning_content`, as other models give them. */
export function withThoughts<Answer extends ChatCompletion>(answer: Answer): Answer {
  return { ...answer, choices: answer.choices.map((choice) => ({ ...choice, message: splitMessage(choice.message) })) };
}

function splitMessage(message: ChatAnswerMessage): ChatAnswerMessage {
  if (typeof message.content !== "string") return message;
  const splitter = createThinkSplitter();
  const { reasoning, content } = joined(splitter.push(message.content), splitter.end());
  if (content === message.content) return message;
  return { ...message, content, ...(reasoning === "" ? {} : { reasoning_content: reasoning }) };
}

/** The stream with its thoughts as `reasoning_content`, piece by piece; only what may be a mark waits for the next piece. */
export function streamWithThoughts(stream: ChatStream): ChatStream {
  return { report: stream.report, [Symbol.asyncIterator]: () => split(stream) };
}

async function* split(stream: ChatStream): AsyncGenerator<ChatCompletionChunk> {
  const splitters = new Map<number, ThinkSplitter>();
  for await (const chunk of stream) {
    const choices = chunk.choices.map((choice) => {
      const splitter = splitters.get(choice.index) ?? createThinkSplitter();
      splitters.set(choice.index, splitter);
      const { delta, finish_reason: finished } = choice;
      const said = splitter.push(delta?.content ?? "");
      const { reasoning, content } = finished ? joined(said, splitter.end()) : said;
      if (typeof delta?.content !== "string" && reasoning === "" && content === "") return choice;
      const reasoned = reasoning === "" ? {} : { reasoning_content: reasoning };
      return { ...choice, delta: { ...delta, content, ...reasoned } };
    });
    yield { ...chunk, choices };
  }
}

function joined(one: SplitText, other: SplitText): SplitText {
  return { reasoning: one.reasoning + other.reasoning, content: one.content + other.content };
}
