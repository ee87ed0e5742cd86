import type { ThinkMarks } from "../catalog/model.js";
import type { ChatAnswerMessage, ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import type { AnswerTransform, ChunkReader } from "./dialect.js";
import { createThinkSplitter, type SplitText, type ThinkSplitter } from "./think-splitter.js";

type Marks = Exclude<ThinkMarks, "none">;
type ChunkChoice = ChatCompletionChunk["choices"][number];

/** For a model that writes its thoughts into `content`: they come as `reasoning_content`, as other models give them. */
export function setThoughtsApart(marks: ThinkMarks): AnswerTransform {
  if (marks === "none") return (reader) => reader;
  return (reader) => ({
    readAnswer(answer, report) {
      const read = reader.readAnswer(answer, report);
      const choices = read.choices.map((choice) => {
        const message = splitMessage(choice.message, choice.finish_reason, marks);
        return message === choice.message ? choice : { ...choice, message };
      });
      return choices.every((choice, place) => choice === read.choices[place]) ? read : { ...read, choices };
    },
    readStream: (report) => splitStream(reader.readStream(report), marks),
  });
}

function splitMessage(message: ChatAnswerMessage, finishReason: string | null, marks: Marks): ChatAnswerMessage {
  if (typeof message.content !== "string") return message;
  const splitter = createThinkSplitter(marks);
  const { reasoning, content } = join(
    hasThoughtField(message) ? splitter.expectMark() : undefined,
    splitter.push(message.content),
    message.tool_calls?.length ? splitter.expectMark() : undefined,
    splitter.end(finishReason === "length"),
  );
  return reasoning === undefined ? message : { ...message, content, ...reasoned(message, reasoning) };
}

/** Only what may be a mark waits for the next chunk. Every choice has thoughts of its own. */
function splitStream(reader: ChunkReader, marks: Marks): ChunkReader {
  const splitters = new Map<number, ThinkSplitter>();
  let last: ChatCompletionChunk | undefined;

  function splitChoice(choice: ChunkChoice): ChunkChoice {
    if (typeof choice !== "object" || choice === null) return choice;
    const { index = 0, delta, finish_reason: finished } = choice;
    const splitter = splitters.get(index) ?? createThinkSplitter(marks);
    splitters.set(index, splitter);
    const text = typeof delta?.content === "string" ? delta.content : "";
    const { reasoning, content } = join(
      hasThoughtField(delta) ? splitter.expectMark() : undefined,
      splitter.push(text),
      delta?.tool_calls?.length ? splitter.expectMark() : undefined,
      finished ? splitter.end(finished === "length") : undefined,
    );
    if (reasoning === undefined && content === text) return choice;
    return { ...choice, delta: { ...delta, content, ...(reasoning === undefined ? {} : reasoned(delta, reasoning)) } };
  }

  return {
    read(original) {
      const chunk = reader.read(original);
      if (!Array.isArray(chunk.choices)) return chunk;
      last = chunk;
      const choices = chunk.choices.map(splitChoice);
      return choices.every((choice, place) => choice === chunk.choices[place]) ? chunk : { ...chunk, choices };
    },
    end() {
      const rest = [...splitters].map(([index, splitter]) => ({ index, ...splitter.end(false) }));
      const choices = rest
        .filter(({ reasoning, content }) => reasoning || content)
        .map(({ index, reasoning, content }) => ({
          index,
          delta: reasoning ? { content, reasoning_content: reasoning } : { content },
          finish_reason: null,
        }));
      if (last === undefined || choices.length === 0) return reader.end();
      const { usage: _, ...head } = last;
      return { ...head, choices };
    },
  };
}

/** Whether the server has a place of its own for thoughts; `null` in it says nothing. */
function hasThoughtField(message: ChatAnswerMessage | ChatDelta | undefined): boolean {
  return typeof message?.reasoning_content === "string" || typeof message?.reasoning === "string";
}

function reasoned(message: ChatAnswerMessage | ChatDelta, reasoning: string): { readonly reasoning_content: string } {
  return { reasoning_content: `${message?.reasoning_content ?? ""}${reasoning}` };
}

function join(...pieces: readonly (SplitText | undefined)[]): SplitText {
  const thoughts = pieces.flatMap((piece) => piece?.reasoning ?? []);
  const content = pieces.map((piece) => piece?.content ?? "").join("");
  return thoughts.length === 0 ? { content } : { reasoning: thoughts.join(""), content };
}
