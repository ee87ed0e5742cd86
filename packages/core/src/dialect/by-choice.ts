import type { ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import type { ChunkReader } from "./dialect.js";
import { changeChoices } from "./map-changed.js";

export type ChunkChoice = ChatCompletionChunk["choices"][number];

/** Reads what one choice of a stream says, piece by piece. */
export interface ChoiceReader {
  /** The same object where nothing changes. */
  read(choice: ChunkChoice): ChunkChoice;
  /** What was held back when the stream ends without a reason. */
  end(): ChatDelta | undefined;
  /** As {@link ChunkReader.passes}. */
  passes?(hasContent: boolean): boolean;
}

/** A stream each of whose choices is read by itself, after another reader. */
export function byChoice(inner: ChunkReader, create: () => ChoiceReader): ChunkReader {
  const readers = new Map<number, ChoiceReader>();
  let last: ChatCompletionChunk | undefined;

  function readerOf(index: number): ChoiceReader {
    const reader = readers.get(index) ?? create();
    readers.set(index, reader);
    return reader;
  }

  function read(chunk: ChatCompletionChunk): ChatCompletionChunk {
    if (!Array.isArray(chunk.choices) || chunk.choices.length === 0) return chunk;
    last = chunk;
    return changeChoices(chunk, (choice) => {
      // What can't be read is left for the check.
      return typeof choice === "object" && choice !== null ? readerOf(choice.index ?? 0).read(choice) : choice;
    });
  }

  return {
    read: (chunk) => read(inner.read(chunk)),
    passes(index, hasContent) {
      const passesInner = inner.passes?.(index, hasContent) === true;
      return passesInner && readers.get(index)?.passes?.(hasContent) === true;
    },
    end() {
      const held = inner.end();
      const rest = held && read(held);
      const begun = new Map(rest?.choices.map((choice) => [choice.index, choice]));
      for (const [index, reader] of readers) {
        const delta = reader.end();
        if (delta === undefined) continue;
        const { delta: before, finish_reason: reason = null } = begun.get(index) ?? {};
        begun.set(index, { index, delta: joined(before, delta), finish_reason: reason });
      }
      if (begun.size === 0 || last === undefined) return rest;
      const { usage: _, ...head } = rest ?? last;
      return { ...head, choices: [...begun.values()] };
    },
  };
}

function joined(before: ChatDelta | undefined, after: ChatDelta): ChatDelta {
  if (typeof before?.content !== "string" || typeof after.content !== "string") return { ...before, ...after };
  return { ...before, ...after, content: before.content + after.content };
}
