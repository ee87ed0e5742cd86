import { describe, expect, it, test } from "vitest";
import { chatBody, read } from "../testing/requests.js";
import { type Endpoint, readRequest } from "./read-request.js";

const chat = (fields: object) => readRequest("chat", chatBody({ ...fields }));
const invalid = (message: RegExp, param?: string) =>
  expect.objectContaining({
    code: "invalid_request",
    message: expect.stringMatching(message),
    ...(param === undefined ? {} : { param }),
  });

describe("a body", () => {
  test.each([null, undefined, 5, "text", [], [{}]])("that is %j is no request", (body) => {
    for (const endpoint of ["chat", "embedding", "image"] as const) {
      expect(() => readRequest(endpoint, body)).toThrow(invalid(/^The request must be a JSON object\.$/));
    }
  });

  it("is kept as it came, unknown fields included", () => {
    const body = Object.freeze(chatBody({ made_up: { a: 1 }, temperature: 0 }));
    expect(readRequest("chat", body).body).toBe(body);
  });

  test.each<[object, RegExp, string]>([
    [{ model: "" }, /^"model" is empty, but must be the id of a model\.$/, "model"],
    [{ model: " " }, /^"model" is " ", but/, "model"],
    [{ model: undefined }, /^"model" is missing/, "model"],
    [{ model: 5 }, /^"model" is 5,/, "model"],
    [{ model: {} }, /^"model" is of type object/, "model"],
    [{ messages: [] }, /^"messages" is an empty list, but must be a list of at least one message\.$/, "messages"],
    [{ messages: "Tell me a secret" }, /^"messages" is a text, but/, "messages"],
    [{ messages: undefined }, /^"messages" is missing/, "messages"],
    [{ messages: [{ role: "user" }, null] }, /^messages\[1\] has no "role"\.$/, "messages[1].role"],
    [{ messages: [{ role: "" }] }, /^messages\[0\] has no "role"\.$/, "messages[0].role"],
    [{ messages: [{ role: 5 }] }, /^messages\[0\] has no "role"\.$/, "messages[0].role"],
    [{ stream: "yes" }, /^"stream" is "yes", but must be true or false\.$/, "stream"],
    [{ stream: 1 }, /^"stream" is 1, but/, "stream"],
  ])("of %j says what is wrong, with the value and without a prompt", (fields, message, param) => {
    expect(() => chat(fields)).toThrow(invalid(message, param));
    expect(() => chat(fields)).not.toThrow(/secret/);
  });
});

describe("a number", () => {
  test.each<[object, RegExp]>([
    [{ max_tokens: Number.NaN }, /"max_tokens" is NaN, but must be/],
    [{ max_tokens: -5 }, /"max_tokens" is -5, but must be a whole number, 1 or more/],
    [{ max_tokens: 0 }, /"max_tokens" is 0/],
    [{ max_tokens: 1.5 }, /"max_tokens" is 1\.5/],
    [{ max_tokens: "512" }, /"max_tokens" is "512"/],
    [{ max_completion_tokens: 0 }, /"max_completion_tokens" is 0/],
    [{ temperature: Number.NaN }, /"temperature" is NaN, but must be a number from 0 to 2/],
    [{ temperature: 2.01 }, /"temperature" is 2\.01/],
    [{ temperature: -0.01 }, /"temperature" is -0\.01/],
    [{ top_p: -0.01 }, /"top_p" is -0\.01, but must be a number from 0 to 1/],
    [{ top_p: 1.01 }, /"top_p" is 1\.01/],
    [{ frequency_penalty: -2.1 }, /"frequency_penalty" is -2\.1, but must be a number from -2 to 2/],
    [{ presence_penalty: 2.1 }, /"presence_penalty" is 2\.1/],
    [{ n: 0 }, /"n" is 0, but must be a number from 1 on/],
    [{ seed: Number.POSITIVE_INFINITY }, /"seed" is Infinity, but must be a finite number/],
  ])("out of its documented range is refused: %o", (fields, message) => {
    expect(() => chat(fields)).toThrow(invalid(message, Object.keys(fields)[0]));
  });

  test.each([
    { temperature: 0 },
    { temperature: 2 },
    { top_p: 0 },
    { top_p: 1 },
    { max_tokens: 1 },
    { n: 1 },
    { frequency_penalty: -2 },
    { frequency_penalty: 2 },
    { presence_penalty: -2 },
    { presence_penalty: 2 },
    { seed: -7 },
    { temperature: "warm" },
    { max_tokens: null, temperature: null, stream: null, stream_options: null },
  ])("at its bound, or of another type, is the server's business: %o", (fields) => {
    expect(chat(fields).body).toMatchObject(fields);
  });
});

describe("the limit of a chat's answer", () => {
  test.each<[object, number | undefined, string]>([
    [{}, undefined, "max_tokens"],
    [{ max_tokens: 5 }, 5, "max_tokens"],
    [{ max_completion_tokens: 5 }, 5, "max_completion_tokens"],
    [{ max_tokens: null, max_completion_tokens: 5 }, 5, "max_completion_tokens"],
    [{ max_tokens: 7, max_completion_tokens: 5 }, 5, "max_tokens"],
    [{ max_tokens: 5, max_completion_tokens: 7 }, 5, "max_tokens"],
  ])("in %o is %s, under the name %s", (fields, maxOutputTokens, outputLimitField) => {
    expect(chat(fields)).toMatchObject({ maxOutputTokens, outputLimitField });
  });

  it("is none of other requests", () => {
    expect(read("embedding", { max_tokens: 5 }).maxOutputTokens).toBeUndefined();
  });
});

describe("a stream", () => {
  test.each<[Endpoint, object, boolean, boolean]>([
    ["chat", {}, false, false],
    ["chat", { stream: true }, true, false],
    ["chat", { stream: false }, false, false],
    ["chat", { stream: true, stream_options: { include_usage: true } }, true, true],
    ["chat", { stream: true, stream_options: { include_usage: "yes" } }, true, false],
    ["embedding", { stream: true }, false, false],
  ])("is asked for by a %s of %o: %s, with its usage: %s", (endpoint, fields, stream, includeUsage) => {
    expect(read(endpoint, { ...fields })).toMatchObject({ stream, includeUsage });
  });
});

describe("the texts for vectors", () => {
  it("are a list, also where one came alone", () => {
    expect(read("embedding", { input: "a" }).texts).toEqual(["a"]);
    expect(read("embedding", { input: ["a", ""] }).texts).toEqual(["a", ""]);
    expect(read("chat", { input: "a" }).texts).toEqual([]);
  });

  test.each<[unknown, RegExp]>([
    [[], /^"input" is an empty list, but must hold at least one text/],
    [[1, 2], /^"input"\[0\] is token ids; it must be text/],
    [["a", [1, 2]], /^"input"\[1\] is token ids/],
    [5, /^"input" is token ids/],
    [["a", null], /^"input"\[1\] is null/],
    [undefined, /^"input" is missing/],
    [{ secret: 1 }, /^"input" is of type object/],
  ])("are not %j", (input, message) => {
    expect(() => read("embedding", { input })).toThrow(invalid(message, "input"));
  });
});

describe("the images of a request", () => {
  test.each<[object, object, string, string]>([
    [{}, { count: 1 }, "n", "size"],
    [{ n: 3, size: "512x256" }, { count: 3, size: { width: 512, height: 256 } }, "n", "size"],
    [{ num_images: 2, n: 9 }, { count: 2 }, "num_images", "size"],
    [{ num_images: null, n: 9 }, { count: 9 }, "n", "size"],
    [{ image_size: "square" }, { count: 1, size: { width: 512, height: 512 } }, "n", "image_size"],
    [{ size: "square_hd" }, { count: 1, size: { width: 1024, height: 1024 } }, "n", "size"],
    [
      { image_size: { width: 10, height: 20 }, size: "512x512" },
      { count: 1, size: { width: 10, height: 20 } },
      "n",
      "image_size",
    ],
    [{ n: 100 }, { count: 100 }, "n", "size"],
    [{ size: "99999x1" }, { count: 1, size: { width: 99_999, height: 1 } }, "n", "size"],
  ])("in %j are %j, under the names %s and %s", (fields, images, imageCountField, imageSizeField) => {
    expect(read("image", { ...fields })).toMatchObject({ imageCountField, imageSizeField });
    expect(read("image", { ...fields }).images).toEqual(images);
  });

  it.each(["large", "0x512", "512x0", "512X512", "100000x1", "512x512x512"])(
    "have no pixels for the size %s: whether it is one is the dialect's to say",
    (size) => {
      expect(read("image", { size }).images).toEqual({ count: 1 });
    },
  );

  test.each<[object, RegExp, string]>([
    [{ n: 101 }, /^"n" is 101, but one call makes 100 images at most/, "n"],
    [{ n: 2_000_000_000 }, /100 images at most/, "n"],
    [{ num_images: 101 }, /^"num_images" is 101/, "num_images"],
    [{ num_images: 0 }, /^"num_images" is 0, but must be a whole number, 1 or more/, "num_images"],
    [{ n: 1.5 }, /^"n" is 1\.5/, "n"],
    [{ image_size: { width: 5 } }, /^"image_size" must have a width and a height/, "image_size"],
    [{ image_size: { width: 5, height: 0 } }, /^"image_size\.height" is 0/, "image_size.height"],
  ])("are refused in %j", (fields, message, param) => {
    expect(() => read("image", { ...fields })).toThrow(invalid(message, param));
  });

  it("may stand in extra_body", () => {
    const request = read("image", { n: 1, extra_body: { n: 2, seed: 7 } });
    expect(request.images).toEqual({ count: 2 });
    expect(request.body).toEqual({ model: "flux/schnell", prompt: "A boat", n: 2, seed: 7 });
    expect(chat({ extra_body: { n: 2 } }).body).toMatchObject({ extra_body: { n: 2 } });
  });

  it("leave the headers of a call out, which LiteLLM puts beside them", () => {
    const request = read("image", { n: 1, extra_headers: { authorization: "Bearer secret" } });
    expect(request.body).toEqual({ model: "flux/schnell", prompt: "A boat", n: 1 });
  });
});
