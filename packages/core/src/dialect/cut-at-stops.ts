import type { ChatCompletion } from "../request/wire-types.js";
import { byChoice, type ChoiceReader, type ChunkChoice } from "./by-choice.js";
import type { AnswerTransform } from "./dialect.js";
import { beginningOfStop, firstStop } from "./find-stop.js";
import { changeChoices } from "./map-changed.js";

/** Ends answers at texts that the model's server does not take as `stop`. What comes after one is paid for, and dropped. */
export function cutAtStops(stops: readonly string[]): AnswerTransform {
  return (reader) => ({
    readAnswer: (answer, report) =>
      changeChoices(reader.readAnswer(answer, report), (choice) => cutChoice(choice, stops)),
    readStream: (report) => byChoice(reader.readStream(report), () => cutPieces(stops)),
  });
}

type Choice = ChatCompletion["choices"][number];

function cutChoice(choice: Choice, stops: readonly string[]): Choice {
  const { content } = choice.message;
  const end = typeof content === "string" ? firstStop(content, stops) : -1;
  if (typeof content !== "string" || end === -1) return choice;
  const { tool_calls: _, ...message } = choice.message;
  return { ...choice, message: { ...message, content: content.slice(0, end) }, finish_reason: "stop" };
}

function cutPieces(stops: readonly string[]): ChoiceReader {
  let held = "";
  let isCut = false;

  /** What can be said of the text so far: all but an end with which a stop may begin. */
  function say(isOver: boolean): string {
    const end = firstStop(held, stops);
    const safe = end === -1 ? held.length - (isOver ? 0 : beginningOfStop(held, stops)) : end;
    const said = held.slice(0, safe);
    held = held.slice(safe);
    isCut = end !== -1;
    return said;
  }

  return {
    read(choice: ChunkChoice): ChunkChoice {
      const { delta, finish_reason: reason } = choice;
      if (isCut) return { ...choice, delta: {}, finish_reason: null };
      const text = typeof delta?.content === "string" ? delta.content : "";
      // Where a call begins no text goes on.
      const isOver = Boolean(reason) || Boolean(delta?.tool_calls?.length);
      if (text === "" && !(isOver && held !== "")) return choice;
      held += text;
      const said = say(isOver);
      if (isCut) return { ...choice, delta: { ...withoutCalls(delta), content: said }, finish_reason: "stop" };
      return said === text ? choice : { ...choice, delta: { ...delta, content: said } };
    },
    end() {
      if (isCut || held === "") return undefined;
      return { content: say(true) };
    },
  };
}

function withoutCalls(delta: ChunkChoice["delta"] | undefined): ChunkChoice["delta"] {
  const { tool_calls: _, ...others } = delta ?? {};
  return others;
}
