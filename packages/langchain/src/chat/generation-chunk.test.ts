import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LaplasMessageChunk } from "../messages/laplas-message-chunk.js";
import { LaplasGenerationChunk } from "./generation-chunk.js";

type Fields = ConstructorParameters<typeof AIMessageChunk>[0] & object;

const fields: fc.Arbitrary<Fields> = fc.record(
  {
    content: fc.oneof(
      { weight: 4, arbitrary: fc.string({ maxLength: 4 }) },
      fc.array(fc.record({ type: fc.constant("text"), text: fc.string({ maxLength: 3 }), index: fc.nat(1) }), {
        maxLength: 2,
      }),
    ),
    id: fc.constantFrom("run-1", undefined),
    additional_kwargs: fc.constantFrom({}, {}, {}, { reasoning_content: "so" }),
    response_metadata: fc.constantFrom({}, {}, {}, { model_name: "m" }, { logprobs: { content: [1] } }),
    tool_call_chunks: fc.constantFrom(
      [],
      [],
      [],
      [{ index: 0, id: "c", name: "f", args: "{" }],
      [{ index: 0, args: "}" }],
    ),
    usage_metadata: fc.constantFrom(undefined, undefined, { input_tokens: 1, output_tokens: 2, total_tokens: 3 }),
  },
  { requiredKeys: ["content", "tool_call_chunks"] },
) as fc.Arbitrary<Fields>;

function sumOf(Chunk: typeof ChatGenerationChunk, Message: typeof LaplasMessageChunk, pieces: readonly Fields[]) {
  const chunks = pieces.map((piece, index) => {
    const text =
      typeof piece === "object" && "content" in piece && typeof piece.content === "string" ? piece.content : "";
    const last = index === pieces.length - 1 ? { generationInfo: { finish_reason: "stop" } } : {};
    return new Chunk({ text, message: new Message(piece), ...last });
  });
  return chunks.reduce((sum: ChatGenerationChunk, chunk) => sum.concat(chunk));
}

function plain(sum: ChatGenerationChunk): object {
  const { content, id, additional_kwargs, response_metadata, tool_call_chunks, tool_calls, usage_metadata } =
    sum.message as AIMessageChunk;
  const { text, generationInfo } = sum;
  const message = { content, id, additional_kwargs, response_metadata, tool_call_chunks, tool_calls, usage_metadata };
  // The oldest core adds empty details to the usage with each further chunk, also with one that says nothing.
  const withoutEmpty = (key: string, value: unknown): unknown =>
    /_token_details$/.test(key) && JSON.stringify(value) === "{}" ? undefined : value;
  return JSON.parse(JSON.stringify({ text, generationInfo, message }, withoutEmpty));
}

it("adds up to what core adds up to", () => {
  fc.assert(
    fc.property(fc.array(fields, { minLength: 2, maxLength: 8 }), (pieces) => {
      const own = sumOf(LaplasGenerationChunk, LaplasMessageChunk, pieces);
      expect(plain(own)).toEqual(plain(sumOf(ChatGenerationChunk, LaplasMessageChunk, pieces)));
      expect(Object.keys(own)).toEqual(["text", "generationInfo", "message"]);
    }),
  );
});

it("is read before its end as well, and a sum stays what it was when more is added to it", () => {
  const chunk = (text: string): LaplasGenerationChunk =>
    new LaplasGenerationChunk({ text, message: new LaplasMessageChunk({ content: text }) });
  const one = chunk("a").concat(chunk("b"));
  const two = one.concat(chunk("c"));
  const other = one.concat(chunk("d"));
  expect([one, two, other].map(({ text }) => text)).toEqual(["ab", "abc", "abd"]);
  expect([one, two, other].map(({ message }) => message.content)).toEqual(["ab", "abc", "abd"]);
  expect(one).toBeInstanceOf(ChatGenerationChunk);
  expect(JSON.parse(JSON.stringify(two))).toMatchObject({ text: "abc", message: { kwargs: { content: "abc" } } });
});

it("makes one whole message for a whole stream", () => {
  let made = 0;
  class Counted extends LaplasMessageChunk {
    override concat(chunk: AIMessageChunk): this {
      made += 1;
      return super.concat(chunk);
    }
  }
  const pieces: Fields[] = Array.from({ length: 500 }, () => ({ content: "word " }));
  const sum = sumOf(LaplasGenerationChunk, Counted, pieces);
  expect(sum.message.content).toBe("word ".repeat(500));
  expect(made).toBeLessThanOrEqual(2);
});
