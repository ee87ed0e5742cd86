import { describe, expect, it, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import type { ChatCompletion, JsonObject } from "../request/wire-types.js";
import { modelOf, read } from "../testing/requests.js";
import type { CallLimits } from "../tier/decision.js";
import { adaptRequest } from "./adapt-request.js";

type Endpoint = Parameters<typeof read>[0];

function adapt(endpoint: Endpoint, fields: JsonObject, limits: CallLimits = {}, id?: string) {
  const request = read(endpoint, fields);
  return adaptRequest(request, { id: id ?? request.model, model: modelOf(request.model) }, limits, laplas);
}

describe("a chat request", () => {
  const messages = [
    { role: "developer", content: "Be brief." },
    { role: "user", content: "Hi" },
  ];

  it("goes to its path as one body, within the limits", () => {
    expect(adapt("chat", { temperature: 0 }, { maxOutputTokens: 9 })).toMatchObject({
      path: "/chat/completions",
      parts: [{ body: { model: "gpt-4o-mini", temperature: 0, max_tokens: 9 } }],
      stream: false,
      adjustments: [],
    });
  });

  it.each(["chat", "embedding", "image"] as const)("for %s goes where the provider takes such", (endpoint) => {
    const own = { chat: "/v2/talk", embedding: "/vectors", image: "/draw", models: "/models" };
    expect(adaptRequest(read(endpoint), { id: "my/model", model: undefined }, {}, { paths: own }).path).toBe(
      own[endpoint],
    );
  });

  test.each<[string, object]>([
    ["gpt-4o-mini", { messages }],
    ["meta-llama/Llama-3.3-70B-Instruct-Turbo", { messages: [{ role: "system", content: "Be brief." }, messages[1]] }],
    ["gemini-1.5-pro", { messages: [{ role: "system", content: "Be brief." }, messages[1]] }],
    ["MiniMax-Text-01", { messages: [{ role: "system", content: "Be brief." }, messages[1]] }],
    ["claude-3-haiku-20240307", { system: "Be brief.", messages: [messages[1]] }],
    ["o1-mini", { messages: [{ role: "user", content: "Be brief.\n\nHi" }] }],
    ["my/model", { messages }],
  ])("to %s is written in its dialect", (model, body) => {
    const { parts, adjustments } = adapt("chat", { model, messages });
    expect(parts).toMatchObject([{ body: { model, ...body } }]);
    expect(adjustments.every(({ rule }) => rule === "dialect")).toBe(true);
  });

  test.each<[Endpoint, string, string]>([
    ["chat", "Claude 3 Haiku", "claude-3-haiku-20240307"],
    ["embedding", "Text-embedding-3-small", "text-embedding-3-small"],
    ["image", "Flux Schnell", "flux/schnell"],
  ])("(%s) by a label is sent with the id that the label stands for", (endpoint, label, id) => {
    const request = read(endpoint, { model: label });
    expect(adaptRequest(request, { id, model: modelOf(id) }, {}, laplas).parts).toMatchObject([
      { body: { model: id } },
    ]);
  });
});

describe("a stream", () => {
  it("is asked of a model that streams, and of one that the catalog does not know", () => {
    for (const model of ["gpt-4o-mini", "my/model"]) {
      expect(adapt("chat", { model, stream: true })).toMatchObject({
        stream: true,
        parts: [{ body: { stream: true } }],
        adjustments: [],
      });
    }
  });

  it("of a model that does not stream becomes one chunk, and says so", () => {
    const { stream, parts, adjustments } = adapt("chat", { model: "o1", stream: true });
    expect(stream).toBe(false);
    expect(parts[0]?.body).not.toHaveProperty("stream");
    expect(adjustments).toEqual([{ field: "stream", to: "stream=one_chunk", rule: "dialect" }]);
  });

  it("of several answers, which the model gives one by one, becomes several requests, each a stream, and says so", () => {
    const { stream, parts, adjustments } = adapt("chat", { model: "gemini-1.5-pro", stream: true, n: 2 });
    expect(stream).toBe(true);
    const [first] = parts;
    expect(parts).toEqual([first, first]);
    expect(first?.body).toMatchObject({ stream: true });
    expect(first?.body).not.toHaveProperty("n");
    expect(adjustments.map(({ to }) => to)).toEqual(["n=2_requests"]);
    expect(adapt("chat", { model: "gpt-4o-mini", stream: true, n: 2 })).toMatchObject({
      stream: true,
      parts: [{ body: { n: 2, stream: true } }],
      adjustments: [],
    });
  });

  it("is not asked for where the caller does not", () => {
    for (const model of ["gpt-4o-mini", "o1"]) {
      const { stream, parts, adjustments } = adapt("chat", { model });
      expect([stream, adjustments]).toEqual([false, []]);
      expect(parts[0]?.body).not.toHaveProperty("stream");
    }
  });
});

describe("an answer", () => {
  const answer = (message: object, reason = "stop"): ChatCompletion => ({
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: reason }],
  });
  const read = (fields: JsonObject, given: ChatCompletion) => {
    const reported: string[] = [];
    const { reader } = adapt("chat", fields);
    return { choice: reader?.readAnswer(given, ({ to }) => reported.push(to)).choices[0], reported };
  };
  const called = (name: string, text: string) => [{ id: "1", type: "function", function: { name, arguments: text } }];

  it("without a demand on its form is as the server gave it", () => {
    const given = answer({ content: "Hi" });
    expect(adapt("chat", {}).reader?.readAnswer(given, () => {})).toBe(given);
    expect(adapt("embedding", {}).reader).toBeUndefined();
  });

  it("in JSON, of Claude, in OpenAI's words for its end, in the words of 2023, and cut at a stop", () => {
    const functions = [{ name: "f", description: "d" }];
    const format = { response_format: { type: "json_object" } };
    const model = "claude-3-haiku-20240307";
    const json = answer({ tool_calls: called("give_answer", '{"a":1}') }, "tool_use");
    expect(read({ model, ...format }, json).choice).toMatchObject({
      message: { content: '{"a":1}' },
      finish_reason: "stop",
    });
    const both = answer(
      { content: "a", tool_calls: [...called("give_answer", "{}"), ...called("f", "{}")] },
      "tool_use",
    );
    expect(read({ model, functions, ...format }, both)).toEqual({
      choice: {
        index: 0,
        message: { role: "assistant", content: "a", function_call: { name: "f", arguments: "{}" } },
        finish_reason: "function_call",
      },
      reported: ["tool_calls=without_answer"],
    });
    const cut = answer({ content: "a\nb", tool_calls: called("f", "{}") }, "tool_use");
    expect(read({ model, functions, stop: "\n" }, cut).choice).toEqual({
      index: 0,
      message: { role: "assistant", content: "a" },
      finish_reason: "stop",
    });
  });
});

describe("other requests", () => {
  it("for vectors become one body for each that the model takes, with the places of its texts", () => {
    const { path, parts, stream, adjustments } = adapt("embedding", {
      model: "BAAI/bge-base-en-v1.5",
      input: ["a", "b"],
    });
    expect([path, stream]).toEqual(["/embeddings", false]);
    expect(parts).toEqual([
      { body: { model: "BAAI/bge-base-en-v1.5", input: "a" }, positions: [0] },
      { body: { model: "BAAI/bge-base-en-v1.5", input: "b" }, positions: [1] },
    ]);
    expect(adjustments).toMatchObject([{ to: "input=2_requests" }]);
  });

  it("for images become one body for each that tier and model allow", () => {
    const { path, parts, stream, adjustments } = adapt("image", { n: 3 }, { imagesPerRequest: 2 });
    expect([path, stream]).toEqual(["/images/generations", false]);
    expect(parts.map(({ body }) => body)).toEqual([
      { model: "flux/schnell", prompt: "A boat", num_images: 2 },
      { model: "flux/schnell", prompt: "A boat", num_images: 1 },
    ]);
    expect(adjustments).toEqual([]);
  });

  it("report what the dialect changed", () => {
    expect(adapt("image", { user: "u" }).adjustments).toMatchObject([{ to: "user=removed" }]);
    expect(adapt("embedding", { user: "u" }).adjustments).toMatchObject([{ to: "user=removed" }]);
  });
});

test("a field that the dialect does not take, and whose meaning would be lost, is an invalid request", () => {
  const refusal = expect.objectContaining({ code: "invalid_request", param: "logprobs" });
  expect(() => adapt("chat", { model: "claude-3-haiku-20240307", logprobs: true })).toThrow(refusal);
});

describe("a chat to a server that takes less", () => {
  const strict = { ...laplas, fieldsTaken: ["model", "messages", "max_tokens", "stream"], messageKeysOff: ["name"] };
  const to = (provider: Parameters<typeof adaptRequest>[3], fields: JsonObject) =>
    adaptRequest(read("chat", fields), { id: "my/model", model: undefined }, {}, provider);

  it("has only what it takes; what the caller asked for is reported, with what it can change", () => {
    const messages = [{ role: "user", content: "Hi", name: "ann" }];
    const { parts, adjustments } = to(strict, { messages, seed: 7, user: "u", stream: true });
    expect(parts[0]?.body).toEqual({
      model: "my/model",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
    });
    expect(adjustments).toEqual([
      { field: "seed", to: "seed=removed", rule: "dialect", changesAnswer: true },
      { field: "user", to: "user=removed", rule: "dialect" },
      { field: "messages", to: "messages=plain_keys", rule: "dialect" },
    ]);
  });

  it("is refused where the answer would be another one", () => {
    expect(() => to(strict, { logprobs: true })).toThrow(/does not take "logprobs"/);
  });

  it("is passed on as it is to a server that takes all", () => {
    expect(to(laplas, { seed: 7, stream: true }).parts[0]?.body).toMatchObject({
      seed: 7,
      stream_options: { include_usage: true },
    });
  });
});
