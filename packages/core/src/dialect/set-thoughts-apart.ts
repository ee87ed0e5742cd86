import type { ThinkMarks } from "../catalog/model.js";
import type { ChatAnswerMessage, ChatDelta } from "../request/wire-types.js";
import { byChoice, type ChoiceReader } from "./by-choice.js";
import type { AnswerTransform } from "./dialect.js";
import { changeChoices } from "./map-changed.js";
import { createThinkSplitter, type SplitText } from "./think-splitter.js";

type Marks = Exclude<ThinkMarks, "none">;

/** For a model that writes its thoughts into `content`: they come as `reasoning_content`, as other models give them. */
export function setThoughtsApart(marks: ThinkMarks): AnswerTransform {
  if (marks === "none") return (reader) => reader;
  return (reader) => ({
    readAnswer: (answer, report) =>
      changeChoices(reader.readAnswer(answer, report), (choice) => {
        const message = splitMessage(choice.message, choice.finish_reason, marks);
        return message === choice.message ? choice : { ...choice, message };
      }),
    readStream: (report) => byChoice(reader.readStream(report), () => splitPieces(marks)),
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
function splitPieces(marks: Marks): ChoiceReader {
  const splitter = createThinkSplitter(marks);
  return {
    read(choice) {
      const { delta, finish_reason: finished } = choice;
      const text = typeof delta?.content === "string" ? delta.content : "";
      const { reasoning, content } = join(
        hasThoughtField(delta) ? splitter.expectMark() : undefined,
        splitter.push(text),
        delta?.tool_calls?.length ? splitter.expectMark() : undefined,
        finished ? splitter.end(finished === "length") : undefined,
      );
      if (reasoning === undefined && content === text) return choice;
      return {
        ...choice,
        delta: { ...delta, content, ...(reasoning === undefined ? {} : reasoned(delta, reasoning)) },
      };
    },
    passes: (hasContent) => splitter.passes(!hasContent),
    end() {
      const { reasoning, content } = splitter.end(false);
      if (!reasoning) return content === "" ? undefined : { content };
      return { content, reasoning_content: reasoning };
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
