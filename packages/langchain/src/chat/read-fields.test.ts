import { load } from "@langchain/core/load";
import { expect, it } from "vitest";
import type { ChatLaplasFields } from "./chat-fields.js";
import { ChatLaplas } from "./chat-laplas.js";
import type { REQUEST_FIELDS } from "./field-decisions.js";
import { langchainFields, type ReadFields, readFields, requestFields, WRITTEN_FIELDS } from "./read-fields.js";

const fetch = globalThis.fetch;

it("brings every field under one name", () => {
  const aliases = { modelName: "gpt-4o", maxCompletionTokens: 5, stopSequences: ["END"], reasoning: { effort: "low" } };
  const configuration = { apiKey: "key", baseURL: "http://127.0.0.1:9/v1", defaultHeaders: { a: "b" }, fetch };
  const read = readFields({ ...aliases, configuration, temperature: 0 });
  expect(read).toEqual({
    model: "gpt-4o",
    maxTokens: 5,
    stop: ["END"],
    reasoningEffort: "low",
    temperature: 0,
    ...configuration,
  });
});

it("puts a field over the same part of `configuration`", () => {
  const configuration = { apiKey: "one", baseURL: "http://127.0.0.1:9/v1" };
  expect(readFields({ apiKey: "other", configuration })).toMatchObject({ ...configuration, apiKey: "other" });
});

it("hands up to LangChain what is LangChain's, and no secret", () => {
  const fields = { tags: ["a"], verbose: false, maxConcurrency: 2, outputVersion: "v1" as const };
  expect(langchainFields({ ...fields, apiKey: "key", defaultHeaders: { a: "b" }, fetch, temperature: 0 })).toEqual(
    fields,
  );
});

/** One of each field that can be written down. */
const SAMPLES: Record<keyof typeof REQUEST_FIELDS, unknown> = {
  temperature: 0,
  topP: 0.5,
  maxTokens: 5,
  frequencyPenalty: 0,
  presencePenalty: -0.5,
  logitBias: { "50256": -1 },
  seed: 0,
  n: 1,
  logprobs: true,
  topLogprobs: 2,
  reasoningEffort: "low",
  verbosity: "high",
  user: "ada",
  service_tier: "flex",
  promptCacheKey: "key",
  promptCacheRetention: "24h",
  promptCacheOptions: { mode: "auto" },
  prediction: { type: "content", content: "Hello" },
};

it("keeps what shapes requests, zero and false as well", () => {
  expect(requestFields({ ...SAMPLES, model: "gpt-4o", apiKey: "key" } as ReadFields)).toEqual(SAMPLES);
});

it("every plain field comes back with LangChain's load", async () => {
  const others = {
    ...{
      model: "gpt-4o",
      stop: ["END"],
      streaming: true,
      streamUsage: false,
      disableStreaming: true,
      timeout: 5,
      deadlineMs: 9,
      continueAtCap: 3,
    },
    ...{ outputVersion: "v1", maxRetries: 0, supportsStrictToolCalling: true, modelKwargs: { top_k: 1 } },
  };
  const written = { ...SAMPLES, ...others };
  expect(new Set(Object.keys(written))).toEqual(new Set(WRITTEN_FIELDS));
  const model = new ChatLaplas({
    ...written,
    apiKey: "key",
    ledger: "memory",
    defaultHeaders: { a: "of-a-proxy" },
  } as ChatLaplasFields);
  const text = JSON.stringify(model);
  expect(text).not.toContain("of-a-proxy");
  const loaded = await load<ChatLaplas>(text, {
    secretsMap: { LAPLAS_API_KEY: "key" },
    optionalImportsMap: { "langchain/chat_models/laplas": { ChatLaplas } },
  });
  expect(loaded).toMatchObject(written);
  expect(loaded.invocationParams()).toEqual(model.invocationParams());
});
