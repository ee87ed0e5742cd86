import { describe, expect, it } from "vitest";
import type { ChatCompletionChunk, Usage } from "../request/wire-types.js";
import { createEventChannel } from "./event-channel.js";
import { joinStreams, type Stream } from "./join-streams.js";

function chunkOf(id: string, indexes: readonly number[], usage?: Usage): ChatCompletionChunk {
  const choices = indexes.map((index) => ({ index, delta: { content: `${id}${index}` }, finish_reason: null }));
  const told = usage === undefined ? {} : { usage };
  return { id, object: "chat.completion.chunk", created: 1, model: "m", choices, ...told };
}

function streamOf(...chunks: readonly ChatCompletionChunk[]): Stream {
  const channel = createEventChannel<ChatCompletionChunk>(() => {});
  for (const chunk of chunks) channel.push(chunk, 1);
  channel.end();
  return { items: channel };
}

/** A stream that stays silent until its reader leaves. */
function silentStream(): Stream & { readonly left: Promise<void> } {
  const left = Promise.withResolvers<void>();
  return { items: createEventChannel<ChatCompletionChunk>(left.resolve), left: left.promise };
}

const noLeave = (): void => {};

describe("streams that are one", () => {
  it("number the choices in the order of the chats, so many for each", async () => {
    const first = streamOf(chunkOf("a", [0]), chunkOf("a", [1, 0]));
    const joined = joinStreams(first, [async () => streamOf(chunkOf("b", [1]))], 2, noLeave);
    const seen: [string, number][] = [];
    for await (const { choices } of joined) {
      for (const { delta, index } of choices) seen.push([delta.content ?? "", index]);
    }
    expect(seen).toEqual([
      ["a0", 0],
      ["a1", 1],
      ["a0", 0],
      ["b1", 3],
    ]);
  });

  it("open a chat when the one before has ended, and give the usage of all at the end", async () => {
    const steps: string[] = [];
    const others = ["b", "c"].map((id) => async () => {
      steps.push(`open ${id}`);
      return streamOf(chunkOf(id, [0]), chunkOf(id, [], { total_tokens: 3 }));
    });
    const first = streamOf(chunkOf("a", [0]), chunkOf("a", [], { total_tokens: 1 }));
    for await (const { id, choices, usage } of joinStreams(first, others, 1, noLeave)) {
      steps.push(choices.length > 0 ? id : `usage ${usage?.total_tokens}`);
    }
    expect(steps).toEqual(["a", "open b", "b", "open c", "c", "usage 7"]);
  });

  it("fail with the chat that can't be opened", async () => {
    const failing = async (): Promise<Stream> => {
      throw new Error("used up");
    };
    const iterator = joinStreams(streamOf(chunkOf("a", [0])), [failing], 1, noLeave)[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ id: "a" });
    await expect(iterator.next()).rejects.toThrow("used up");
  });

  it("end the chat that is read when the reader leaves, and open no other", async () => {
    const silent = silentStream();
    let opened = 0;
    const other = async (): Promise<Stream> => {
      opened += 1;
      return streamOf();
    };
    const iterator = joinStreams(silent, [other], 1, noLeave)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await iterator.return?.();
    await silent.left;
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(opened).toBe(0);
  });

  it("break off the opening of a chat when the reader leaves, and leave one that opens all the same", async () => {
    const opening = Promise.withResolvers<Stream>();
    const asked = Promise.withResolvers<void>();
    const silent = silentStream();
    const other = (): Promise<Stream> => {
      asked.resolve();
      return opening.promise;
    };
    let leaves = 0;
    const leave = (): void => {
      leaves += 1;
    };
    const iterator = joinStreams(streamOf(), [other], 1, leave)[Symbol.asyncIterator]();
    const waiting = iterator.next();
    await asked.promise;
    await iterator.return?.();
    expect(leaves).toBe(1);
    opening.resolve(silent);
    await silent.left;
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
