import { describe, expect, it, test } from "vitest";
import type { EmbeddingModel } from "../catalog/model.js";
import { createPair, rejection } from "../testing/engine.js";
import { modelOf, read } from "../testing/requests.js";
import { decodeBase64Floats, encodeBase64Floats } from "./base64-floats.js";
import { adaptEmbedding, mergeEmbeddings } from "./embedding.js";

const adapt = (fields: object) => {
  const request = read("embedding", { ...fields });
  return adaptEmbedding(request, modelOf(request.model) as EmbeddingModel | undefined);
};
const sizes = (fields: object) =>
  adapt(fields).parts.map(({ body: { input } }) => (Array.isArray(input) ? input.length : "text"));
const texts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index}`);
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });
const openai = "text-embedding-3-small";
const voyage = "voyage-2";
const google = "textembedding-gecko@003";
const single = "BAAI/bge-base-en-v1.5";

describe("texts in requests", () => {
  test.each<[string, number, (number | string)[]]>([
    [openai, 1, [1]],
    [openai, 100, [100]],
    [openai, 101, [100, 1]],
    [google, 250, [100, 100, 50]],
    [single, 1, ["text"]],
    [single, 3, ["text", "text", "text"]],
  ])("%s, %i: %o", (model, count, expected) => {
    expect(sizes({ model, input: texts(count) })).toEqual(expected);
    const { adjustments } = adapt({ model, input: texts(count) });
    expect(adjustments.map(({ to }) => to)).toEqual(expected.length > 1 ? [`input=${expected.length}_requests`] : []);
  });

  it("keep the form of a lone text", () => {
    expect(adapt({ input: "a" }).parts[0]?.body.input).toBe("a");
    expect(adapt({ input: ["a"] }).parts[0]?.body.input).toEqual(["a"]);
  });

  it("above 800 characters go to voyage alone, the others together, each under its own place", () => {
    const long = "a".repeat(801);
    const { parts } = adapt({ model: voyage, input: ["a", long, "b".repeat(800), `${long}c`, "d"] });
    expect(parts.map(({ positions }) => positions)).toEqual([[1], [3], [0, 2, 4]]);
    expect(parts.map(({ body: { input } }) => typeof input)).toEqual(["string", "string", "object"]);
  });

  test.each<[string, number]>([
    [voyage, 8_000],
    [single, 3_000],
  ])("of %s have %i characters at most", (model, most) => {
    expect(sizes({ model, input: "a".repeat(most) })).toEqual(["text"]);
    const tooLong = ["a", "b".repeat(most + 1)];
    expect(() => adapt({ model, input: tooLong })).toThrow(refusal("input"));
    expect(() => adapt({ model, input: tooLong })).toThrow(
      new RegExp(`input\\[1\\] has ${most + 1} characters, and ".*" takes ${most} at most`),
    );
  });

  it("are not empty", () => {
    expect(() => adapt({ input: ["a", ""] })).toThrow(refusal("input"));
  });
});

describe("other fields", () => {
  test.each<[string, object, string]>([
    [voyage, { dimensions: 5 }, "dimensions"],
    [single, { dimensions: 5 }, "dimensions"],
    [google, { input_type: "document" }, "input_type"],
    [openai, { task_type: "CLUSTERING" }, "task_type"],
    [openai, { made_up: 1 }, "made_up"],
  ])("of %s: %o is refused by name", (model, fields, param) => {
    expect(() => adapt({ model, ...fields })).toThrow(refusal(param));
    expect(() => adapt({ model, ...fields })).toThrow(new RegExp(`"${model}"`));
  });

  it("keeps what a model has, takes a user and nulls off", () => {
    const { parts, adjustments } = adapt({
      model: google,
      task_type: "CLUSTERING",
      dimensions: 5,
      user: "u",
      title: null,
    });
    expect(parts[0]?.body).toEqual({ model: google, task_type: "CLUSTERING", dimensions: 5, input: "Hello" });
    expect(adjustments).toEqual([{ field: "user", to: "user=removed", rule: "dialect" }]);
  });

  it("lets everything through to a model that the catalog does not know", () => {
    const { parts } = adapt({ model: "my/embedder", user: "u", mood: "x" });
    expect(parts[0]?.body).toEqual({ model: "my/embedder", user: "u", mood: "x", input: "Hello" });
  });

  test.each<[string, string, string | undefined]>([
    [openai, "base64", "base64"],
    [openai, "float", undefined],
    [voyage, "base64", undefined],
    [google, "base64", undefined],
    [google, "float", undefined],
  ])("%s asked for %s is asked for %s", (model, format, expected) => {
    expect(adapt({ model, encoding_format: format }).parts[0]?.body.encoding_format).toBe(expected);
  });

  it("knows two encodings", () => {
    expect(() => adapt({ encoding_format: "hex" })).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});

describe("vectors", () => {
  it("come in the encoding that was asked for, whichever the model has", async () => {
    const { laplas, sandbox } = await createPair();
    for (const model of [openai, voyage, google, single]) {
      const floats = await laplas.embed({ model: model, input: ["a boat", "a house"] });
      const encoded = await laplas.embed({
        model: model,
        input: ["a boat", "a house"],
        encoding_format: "base64",
      });
      for (const [index, { embedding }] of encoded.data.entries()) {
        expect(embedding).toBeTypeOf("string");
        const expected = floats.data[index]?.embedding as number[];
        for (const [place, value] of decodeBase64Floats(embedding as string).entries()) {
          expect(value).toBeCloseTo(expected[place] ?? Number.NaN, 5);
        }
      }
    }
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("of parts out of order come in the order of the input", async () => {
    const { laplas } = await createPair();
    const input = ["a boat", "long ".repeat(200), "a house"];
    const { data } = await laplas.embed({ model: "voyage-2", input });
    for (const [index, text] of input.entries()) {
      const alone = await laplas.embed({ model: "voyage-2", input: text });
      expect(data[index]).toEqual({ ...alone.data[0], index });
    }
  });

  it("that came before a failure are completed, under the caller's own places", async () => {
    const { laplas, sandbox } = await createPair();
    sandbox.fault({ kind: "serverError" }, { when: () => sandbox.requests.length === 2 });
    const error = await rejection(laplas.embed({ model: "voyage-2", input: ["a", "b".repeat(801), "c"] }));
    expect(error).toMatchObject({ code: "unavailable", completed: [{ index: 1 }] });
  });

  it("are completed too when a later answer is wrong", async () => {
    const { laplas, sandbox } = await createPair();
    const body = JSON.stringify({ object: "list", data: [] });
    sandbox.fault({ kind: "respond", status: 200, body }, { when: () => sandbox.requests.length === 3 });
    const error = await rejection(laplas.embed({ model: single, input: ["a", "b", "c", "d"] }));
    expect(error).toMatchObject({ code: "unexpected_response", completed: [{ index: 0 }, { index: 1 }] });
  });

  const item = (index: unknown, embedding: unknown = [1]) => ({ index, embedding });
  test.each<[string, unknown]>([
    ["too few", [item(0)]],
    ["too many", [item(0), item(1), item(2)]],
    ["the same twice", [item(0), item(0)]],
    ["a place that is none", [item(0), item(2)]],
    ["a place below the first", [item(0), item(-1)]],
    ["no vector", [item(0), item(1, null)]],
    ["a vector missing", [item(0), { index: 1 }]],
    ["no base64", [item(0), item(1, "***")]],
    ["nothing", null],
    ["no list at all", undefined],
    ["an empty list", []],
    ["a text", "none"],
    ["null", [null, null]],
  ])("are refused with %s", (_, data) => {
    const request = read("embedding", { model: openai, input: ["a", "b"] });
    const { parts } = adaptEmbedding(request, modelOf(openai) as EmbeddingModel);
    expect(() => mergeEmbeddings(request, parts, [{ object: "list", data } as never], () => 0)).toThrow(
      expect.objectContaining({ code: "unexpected_response", retryable: false }),
    );
  });

  it("that never came are refused", () => {
    const request = read("embedding");
    expect(() => mergeEmbeddings(request, [], [], () => 0)).toThrow(
      expect.objectContaining({ code: "unexpected_response" }),
    );
  });

  it("without a place have that of their order", () => {
    const request = read("embedding", { input: ["a", "b"] });
    const answer = { object: "list", model: "m", data: [{ embedding: [1] }, { embedding: [2] }] } as never;
    const { data } = mergeEmbeddings(request, adaptEmbedding(request, undefined).parts, [answer], () => 0);
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
  });

  it("in base64 that nobody asked for are decoded", () => {
    const request = read("embedding");
    const answer = { object: "list", model: "m", data: [item(0, encodeBase64Floats([0.5]))] } as never;
    expect(
      mergeEmbeddings(request, adaptEmbedding(request, undefined).parts, [answer], () => 0).data[0]?.embedding,
    ).toEqual([0.5]);
  });
});

describe("the cost of several requests", () => {
  test.each(["usage", "meta"] as const)("is one sum, told in %s", async (usage) => {
    const { laplas, sandbox } = await createPair({}, { usage });
    const answer = await laplas.embed({ model: single, input: ["a", "b", "c"] });
    expect(answer.laplas).toMatchObject({ apiTokens: sandbox.used(), estimated: false, attempts: 3 });
    expect(answer.meta).toEqual(usage === "meta" ? { usage: { tokens_used: sandbox.used() } } : undefined);
    expect(answer.usage).toEqual({
      prompt_tokens: 3,
      total_tokens: 3,
      api_tokens: sandbox.used(),
      ...(usage === "usage" ? { estimated: true } : {}),
    });
  });
});
