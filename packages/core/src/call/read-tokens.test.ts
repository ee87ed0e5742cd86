import { Tiktoken } from "js-tiktoken/lite";
import cl100k from "js-tiktoken/ranks/cl100k_base";
import { describe, expect, it, test } from "vitest";
import { createPair, rejection } from "../testing/engine.js";

const encoding = new Tiktoken(cl100k);
const model = "text-embedding-3-small";
const TEXTS = [
  "Hello there",
  "  Grüße, 世界 👩‍👩‍👧 \r\n\t{x: 1}",
  "\uFEFFwith a mark",
  "<|endoftext|> as text",
  "a".repeat(3_000),
];
const encode = (text: string): number[] => encoding.encode(text, [], []);

/** The inputs that the upstream was sent. */
async function createWatched() {
  const { laplas, sandbox } = await createPair();
  const inputs = (): unknown[] => sandbox.requests.map(({ body }) => (body as { input: unknown }).input);
  return { laplas, inputs };
}

describe("token ids in place of texts", () => {
  it("are the same texts, each at its place, and are reported", async () => {
    const { laplas, inputs } = await createWatched();
    const answer = await laplas.embed({ model, input: TEXTS.map(encode) });
    const asText = await laplas.embed({ model, input: TEXTS });
    expect(inputs()).toEqual([TEXTS, TEXTS]);
    expect(answer.data).toEqual(asText.data);
    expect(answer.usage).toEqual(asText.usage);
    expect(answer.laplas.adjusted).toEqual([{ field: "input", to: "input=text", rule: "dialect" }]);
    expect(asText.laplas.adjusted).toEqual([]);
  });

  it("of one text are one input, at every door", async () => {
    const { laplas, inputs } = await createWatched();
    await laplas.embed({ model, input: encode("Hello there") });
    const body = JSON.stringify({ model, input: [encode("Hello there")], encoding_format: "base64" });
    const response = await laplas.fetch("http://x/v1/embeddings", { method: "POST", body });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-laplas-adjusted")).toContain("input=text");
    expect(inputs().flat()).toEqual(["Hello there", "Hello there"]);
  });

  it("are sent a hundred at a time, in their order", async () => {
    const { laplas, inputs } = await createWatched();
    const texts = Array.from({ length: 150 }, (_, index) => `text ${index}`);
    const { data } = await laplas.embed({ model, input: texts.map(encode) });
    expect(inputs().flat()).toEqual(texts);
    expect(data.map(({ index }) => index)).toEqual([...texts.keys()]);
  });

  it("are estimated as their text is", async () => {
    const { laplas } = await createPair();
    const [tokens, text] = [
      { model, input: [encode("word ".repeat(500))] },
      { model, input: ["word ".repeat(500)] },
    ];
    expect((await laplas.check(tokens)).cost).toEqual((await laplas.check(text)).cost);
    expect((await laplas.plan([{ request: tokens }])).cost).toEqual((await laplas.plan([{ request: text }])).cost);
  });

  test.each<[unknown, RegExp]>([
    [[9906, 100_257], /^input\[1\] is 100257, which is no token of a text/],
    [[[9906], [9906, 1_000_000]], /^input\[1\]\[1\] is 1000000/],
    [[[9906, -1]], /^input\[0\]\[1\] is -1/],
    [[[9906, 1.5]], /^input\[0\]\[1\] is 1.5/],
    [[9906, "text"], /^input\[1\] is of type string/],
    [[[9906, [1]]], /^input\[0\]\[1\] is of type list/],
    [[encode("👩‍👩‍👧").slice(0, 1)], /^input\[0\] begins or ends within a character/],
    [[[9906], []], /input\[1\] is empty/],
    [[[9906], 7], /"input"\[1\] is token ids/],
  ])("%j is refused at its place", async (input, message) => {
    const { laplas, inputs } = await createWatched();
    const error = await rejection(laplas.embed({ model, input } as never));
    expect(error).toMatchObject({ code: "invalid_request", param: "input", message: expect.stringMatching(message) });
    expect(inputs()).toEqual([]);
  });

  test.each(["voyage-2", "BAAI/bge-base-en-v1.5", "textembedding-gecko@003"])(
    "are refused for %s, naming the option that sends text",
    async (other) => {
      const { laplas, inputs } = await createWatched();
      const error = await rejection(laplas.embed({ model: other, input: [encode("Hello")] }));
      expect(error).toMatchObject({
        code: "invalid_request",
        param: "input",
        message: expect.stringContaining("check_embedding_ctx_length=False"),
      });
      expect(inputs()).toEqual([]);
    },
  );
});
