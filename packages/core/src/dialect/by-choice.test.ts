import { expect, it } from "vitest";
import type { ChatCompletionChunk } from "../request/wire-types.js";
import { byChoice, type ChunkChoice } from "./by-choice.js";
import type { ChunkReader } from "./dialect.js";

const choice = (index: number, content: string, reason: string | null = null): ChunkChoice => ({
  index,
  delta: { content },
  finish_reason: reason,
});
const chunk = (...choices: ChunkChoice[]): ChatCompletionChunk => ({
  id: "c",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices,
});
const plain: ChunkReader = { read: (given) => given, end: () => undefined };

/** Holds each text until the next one of its choice comes. */
function late(inner: ChunkReader = plain): ChunkReader {
  return byChoice(inner, () => {
    let held = "";
    return {
      read(given) {
        const said = held;
        held = given.delta.content ?? "";
        return { ...given, delta: { content: said } };
      },
      end: () => (held === "" ? undefined : { content: held }),
    };
  });
}

it("every choice has a reader of its own, and what each held comes at the end in one chunk", () => {
  const reader = late();
  expect(reader.read(chunk(choice(0, "a"), choice(1, "x"))).choices.map(({ delta }) => delta.content)).toEqual([
    "",
    "",
  ]);
  expect(reader.read(chunk(choice(1, "y"))).choices).toEqual([choice(1, "x")]);
  expect(reader.end()).toEqual(chunk(choice(0, "a"), choice(1, "y")));
});

it("what the reader before held passes through first, and is joined with what is held after it", () => {
  const reader = late(late());
  reader.read(chunk(choice(0, "a")));
  reader.read(chunk(choice(0, "b")));
  expect(reader.end()?.choices).toEqual([choice(0, "ab")]);
});

it("a chunk of which nothing changes is the same object, and so is one without choices", () => {
  const reader = byChoice(plain, () => ({ read: (given) => given, end: () => undefined }));
  const usage = { ...chunk(), usage: { total_tokens: 1 } };
  for (const given of [chunk(choice(0, "a", "stop")), chunk(), usage]) expect(reader.read(given)).toBe(given);
  expect(reader.end()).toBeUndefined();
});
