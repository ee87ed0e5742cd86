import { describe, expect, it, test } from "vitest";
import type { LaplasOptions } from "../options.js";
import { createTestContext } from "../testing/call.js";
import { ask, createPair, rejection } from "../testing/engine.js";
import { modelOf, read } from "../testing/requests.js";
import { prepareCall } from "./prepare-call.js";
import { requireContext } from "./require-context.js";

/** gpt-4 takes 8,000 tokens: at 8 characters for a token, so many are still no more. */
const LONGEST = `${"ab".repeat(32_003)}c`;
const chat = (content: string, model = "gpt-4") => read("chat", { ...ask(content, { model }) });
const refusal = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("a prompt longer than its model's context", () => {
  it("is refused with the figures, where even a low estimate says so", () => {
    expect(() => requireContext(chat(LONGEST), modelOf("gpt-4"))).not.toThrow();
    expect(refusal(() => requireContext(chat(`${LONGEST}c`), modelOf("gpt-4")))).toMatchObject({
      code: "context_length",
      retryable: false,
      param: "messages",
      message:
        'The prompt is longer than the model\'s maximum context length: it has at least 8001 tokens, and "gpt-4" takes 8000. Shorten it, or take a model with a longer context.',
    });
  });

  it("counts the messages together, and no answer beside them", () => {
    const half = { role: "user", content: LONGEST.slice(0, 32_003) };
    const request = (...more: object[]) =>
      read("chat", { model: "gpt-4", max_tokens: 512, messages: [half, half, ...more] });
    expect(() => requireContext(request(), modelOf("gpt-4"))).not.toThrow();
    expect(() => requireContext(request({ role: "user", content: "cd" }), modelOf("gpt-4"))).toThrow(/maximum context/);
  });

  const tool = (fields: object) => ({ tools: [{ type: "function", function: { name: "f", ...fields } }] });
  const schema = (fields: object) => ({
    response_format: { type: "json_schema", json_schema: { name: "s", schema: { type: "object", ...fields } } },
  });
  const text = `${LONGEST}c`;
  const called = { name: "f", arguments: text };
  const withFields = (fields: object) => read("chat", { ...ask("Hello", { model: "gpt-4" }), ...fields });
  const history = (message: object) => ({
    messages: [
      { role: "user", content: "Hello" },
      { role: "assistant", content: null, ...message },
    ],
  });

  test.each<[string, object, string, string]>([
    [
      "a call of a tool",
      history({ tool_calls: [{ id: "1", type: "function", function: called }] }),
      "messages",
      "The prompt is",
    ],
    ["a call of a function", history({ function_call: called }), "messages", "The prompt is"],
    ["the name of one", history({ function_call: { name: text, arguments: "{}" } }), "messages", "The prompt is"],
    ["a tool's description", tool({ description: text }), "tools", 'The prompt with its "tools" is'],
    [
      "a tool in Anthropic's shape",
      { tools: [{ name: "f", input_schema: { properties: { [text]: {} } } }] },
      "tools",
      "with its",
    ],
    [
      "an argument's description",
      tool({ parameters: { properties: { a: { description: text } } } }),
      "tools",
      "with its",
    ],
    [
      "the choices of an argument",
      tool({ parameters: { properties: { a: { items: { enum: [text] } } } } }),
      "tools",
      "with its",
    ],
    ["a function", { functions: [{ name: "f", description: text }] }, "functions", 'with its "functions"'],
    [
      "the schema of the answer",
      schema({ properties: { a: { anyOf: [{ properties: { [text]: {} } }] } } }),
      "response_format",
      "with its",
    ],
  ])("counts %s", (_, fields, param, message) => {
    expect(refusal(() => requireContext(withFields(fields), modelOf("gpt-4")))).toMatchObject({
      code: "context_length",
      param,
      message: expect.stringContaining(message),
    });
  });

  const looped: Record<string, unknown> = { description: LONGEST.slice(0, 20_000) };
  looped.anyOf = [looped, looped, { items: looped }];
  const [repeated] = tool({ description: LONGEST.slice(0, 20_000) }).tools;

  test.each<[string, object]>([
    ["words of JSON around names", tool({ parameters: { [text]: text, $defs: { a: { description: text } } } })],
    [
      "a description that OpenAI leaves out",
      tool({ parameters: { properties: { a: { items: { description: text } } } } }),
    ],
    ["tools that must not be called", { ...tool({ description: text }), tool_choice: "none" }],
    ["functions that must not be called", { functions: [{ name: "f", description: text }], function_call: "none" }],
    [
      "a form of the answer that a chosen tool replaces",
      { ...schema({ description: text }), ...tool({}), tool_choice: { type: "function", function: { name: "f" } } },
    ],
    ["a schema that holds itself, but once", tool({ parameters: looped })],
    ["a tool that is there twice, but once", { tools: [repeated, repeated] }],
    ["what is no tool", { tools: [null, 5, "x", { function: 5 }, []], functions: text, response_format: text }],
  ])("does not count %s", (_, fields) => {
    expect(() => requireContext(withFields(fields), modelOf("gpt-4"))).not.toThrow();
  });

  it("is left to the server where nobody states a context, or the id is only sent", () => {
    const long = "ab".repeat(10_000_000);
    expect(() => requireContext(chat(long, "my/model"), undefined)).not.toThrow();
    const { contextTokens: _, ...unknown } = modelOf("gpt-4") ?? {};
    expect(() => requireContext(chat(long), unknown as never)).not.toThrow();
    expect(() => requireContext(read("image", { prompt: long }), modelOf("flux/dev"))).not.toThrow();
  });
});

describe("a text longer than an embedding model's context", () => {
  const texts = (input: unknown, more: object = {}) => read("embedding", { input, ...more });

  test.each<[string, unknown, string]>([
    ["alone", `${LONGEST}c`, "The input is longer"],
    ["in a list", ["a", `${LONGEST}c`, "b"], "input[1] is longer"],
  ])("%s is refused by its name", (_, input, message) => {
    expect(refusal(() => requireContext(texts(input), modelOf("text-embedding-3-small")))).toMatchObject({
      code: "context_length",
      param: "input",
      message: expect.stringContaining(message),
    });
  });

  it("is each for itself: together they may be longer", () => {
    expect(() => requireContext(texts([LONGEST, LONGEST]), modelOf("text-embedding-3-small"))).not.toThrow();
  });

  it("is sent where the server cuts it", () => {
    const model = modelOf("textembedding-gecko@003");
    expect(() => requireContext(texts(LONGEST), model)).not.toThrow();
    expect(() => requireContext(texts(LONGEST, { auto_truncate: false }), model)).toThrow(/maximum context/);
  });
});

describe("every way into the engine", () => {
  const own: LaplasOptions = {
    models: [
      { id: "small/chat", modality: "chat", contextTokens: 10 },
      { id: "small/texts", modality: "embedding", contextTokens: 10 },
    ],
  };
  const long = "word ".repeat(20);

  it("refuses it before anything is sent, and a check and a plan say so", async () => {
    const { laplas, sandbox } = await createPair(own);
    const chatRequest = ask(long, { model: "small/chat" });
    const embedRequest = { model: "small/texts", input: ["a", long] };
    const error = { code: "context_length", retryable: false };
    expect(await rejection(laplas.chat(chatRequest))).toMatchObject(error);
    expect(
      await rejection(
        (async () => {
          for await (const _ of laplas.chatStream(chatRequest));
        })(),
      ),
    ).toMatchObject(error);
    expect(await rejection(laplas.embed(embedRequest))).toMatchObject(error);
    const response = await laplas.fetch("http://any/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify(chatRequest),
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: expect.stringContaining("context_length") } },
    ]);
    for (const request of [chatRequest, embedRequest]) {
      expect(await laplas.check(request)).toMatchObject({ verdict: "refuse", error });
      expect(await laplas.plan([{ request }])).toMatchObject({ calls: 0, refused: [{ index: 0, error }] });
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it("sends ids that the catalog does not know", () => {
    const { context } = createTestContext({ unknownModels: "send" });
    const body = ask("ab".repeat(10_000_000), { model: "my/model" });
    expect(prepareCall(context, "chat", body, {}).found.id).toBe("my/model");
  });
});
