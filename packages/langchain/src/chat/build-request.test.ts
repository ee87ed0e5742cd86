import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { buildRequest, streamedRequest } from "./build-request.js";
import type { ChatLaplasFields } from "./chat-fields.js";
import { REQUEST_FIELDS } from "./field-decisions.js";

const tools = [{ type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } }];
const model = "gpt-4o-mini";

/** Two values of every field of the request body. */
const SAMPLES: Record<keyof typeof REQUEST_FIELDS, [one: unknown, other: unknown]> = {
  temperature: [0.5, 0],
  topP: [0.5, 0],
  maxTokens: [50, 5],
  frequencyPenalty: [0.5, 0],
  presencePenalty: [0.5, 0],
  logitBias: [{ "50256": 1 }, {}],
  seed: [7, 0],
  n: [2, 1],
  logprobs: [true, false],
  topLogprobs: [2, 0],
  reasoningEffort: ["low", "high"],
  verbosity: ["low", "high"],
  user: ["ada", "grace"],
  service_tier: ["flex", "default"],
  promptCacheKey: ["one", "other"],
  promptCacheRetention: ["24h", "in_memory"],
  promptCacheOptions: [{ mode: "auto" }, {}],
  prediction: [{ type: "content", content: "a" }, {}],
};

/** Whether the upstream takes a value is another matter than whether it is sent. */
const rejectionOrAnswer = (call: Promise<unknown>) => call.catch((error: unknown) => error);

describe("buildRequest", () => {
  it("sends fields of the model, and options of the call over them", async () => {
    const { chat, sandbox } = await openWorld();
    const fields = { temperature: 0.1, topP: 0.5, maxTokens: 50, stopSequences: ["END"], modelKwargs: { seed: 7 } };
    await chat(fields).invoke("Hello", { temperature: 0.9, stop: ["STOP"] });
    expect(sandbox.requests[0]?.body).toMatchObject({
      model: "gpt-4o-mini",
      temperature: 0.9,
      top_p: 0.5,
      max_tokens: 50,
      stop: ["STOP"],
      seed: 7,
      messages: [{ role: "user", content: "Hello" }],
    });
  });

  it("sends nothing that was not said, and zero where it was", () => {
    expect(buildRequest({ model, temperature: undefined, stop: [] })).toEqual({ model });
    expect(buildRequest({ model, temperature: 0.5 }, { temperature: 0 })).toEqual({ model, temperature: 0 });
  });

  it.each(Object.entries(SAMPLES))(
    "sends %s as a field, and as an option of the call over it",
    async (name, [one, other]) => {
      // Of a model that the user has added all fields are sent.
      const models = [{ id: "gpt-4o-mini", modality: "chat" }] as const;
      const { chat, sandbox } = await openWorld({}, { tier: "paid", models });
      const model = chat({ [name]: one } as ChatLaplasFields);
      await rejectionOrAnswer(model.invoke("Hello"));
      await rejectionOrAnswer(model.invoke("Hello", { [name]: other }));
      const sentAs = REQUEST_FIELDS[name as keyof typeof REQUEST_FIELDS];
      expect(sandbox.requests.map(({ body }) => (body as Record<string, unknown>)[sentAs])).toEqual([one, other]);
    },
  );

  it("takes -1 tokens for as many as may be, over those of the model", () => {
    expect(buildRequest({ model, maxTokens: 50 }, { maxTokens: -1 })).toEqual({ model });
    expect(buildRequest({ model, maxTokens: -1 })).toEqual({ model });
  });

  it("sends the effort of OpenAI's `reasoning`, that of the call over the model's", () => {
    const options = { reasoning: { effort: "high" } };
    expect(buildRequest({ model, reasoningEffort: "low" }, options)).toEqual({ model, reasoning_effort: "high" });
  });

  it("asks for strict tools where the model or the call says so, the call first", () => {
    const strict = (supportsStrictToolCalling?: boolean, options = {}) =>
      buildRequest({ model, supportsStrictToolCalling }, { tools, ...options }).tools;
    expect(strict(true)).toMatchObject([{ function: { strict: true } }]);
    expect(strict(true, { strict: false })).toMatchObject([{ function: { strict: false } }]);
    expect(strict()).toEqual(tools);
  });

  it("puts modelKwargs over everything, those of the call last", () => {
    const defaults = { model, temperature: 0.1, modelKwargs: { temperature: 0.2, seed: 1 } };
    expect(buildRequest(defaults, { modelKwargs: { seed: 2 } })).toEqual({ model, temperature: 0.2, seed: 2 });
  });

  it("sends what belongs to tools only with tools", async () => {
    const options = { tool_choice: "any", parallel_tool_calls: false };
    expect(buildRequest({ model }, { ...options, tools })).toEqual({
      model,
      tools,
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(buildRequest({ model }, { ...options, tool_choice: "auto", tools: [] })).toEqual({ model });
    expect(buildRequest({ model }, { ...options, tool_choice: "", tools })).not.toHaveProperty("tool_choice");
    // A tool was demanded and there is none: that is for the upstream to say.
    expect(buildRequest({ model }, { ...options, tools: [] })).toEqual({ model, tool_choice: "required" });
    // As createAgent does where it has none.
    const { chat, sandbox } = await openWorld();
    await chat().bindTools([], { tool_choice: "auto" }).invoke("Hello");
    expect(sandbox.requests[0]?.body).not.toHaveProperty("tools");
    expect(sandbox.requests[0]?.body).not.toHaveProperty("tool_choice");
  });
});

describe("streamedRequest", () => {
  it("asks for the usage as the model or the call says", async () => {
    const { chat, sandbox } = await openWorld();
    const model = chat({ streamUsage: false });
    const usages = [];
    for (const options of [{}, { stream_options: { include_usage: true } }]) {
      let usage: unknown;
      for await (const chunk of await model.stream("Hello", options)) usage = chunk.usage_metadata ?? usage;
      usages.push(usage, (await model.streamEvents("Hello", options)).usage_metadata);
    }
    expect(usages).toEqual([undefined, undefined, ...Array(2).fill(expect.objectContaining({ total_tokens: 18 }))]);
    await model.streamEvents("Hello", { stream_options: { include_obfuscation: false } }).output;
    expect(sandbox.requests.at(-1)?.body).toMatchObject({ stream_options: { include_obfuscation: false } });
  });

  it("refuses several answers, of which a stream could show one", async () => {
    expect(() => streamedRequest({ model, n: 2, messages: [] }, { include_usage: true })).toThrow('"n" is "2"');
    const { chat, sandbox } = await openWorld({}, { tier: "paid" });
    const two = chat({ n: 2 });
    for (const read of [
      async () => (await two.stream("Hello")).next(),
      () => two.streamEvents("Hello").output,
      () => chat({ modelKwargs: { n: 2 }, streaming: true }).invoke("Hello"),
    ]) {
      expect(await rejection(read())).toMatchObject({ code: "invalid_options" });
    }
    expect(sandbox.counts().received).toBe(0);
    const { generations } = await two.generate([[new HumanMessage("Hello")]]);
    expect(generations[0]?.map(({ text }) => text !== "")).toEqual([true, true]);
  });
});
