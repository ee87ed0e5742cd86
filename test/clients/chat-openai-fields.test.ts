/*
 * Every constructor field and call option of LangChain's ChatOpenAI, one by one, on ChatLaplas: what ChatOpenAI sends is sent
 * alike, and what ChatLaplas can't obey it refuses by name. The lists are checked against ChatOpenAI's own types.
 */
import { InMemoryCache } from "@langchain/core/caches";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import type { AIMessage } from "@langchain/core/messages";
import { ChatOpenAI, type ChatOpenAICallOptions, type ChatOpenAIFields } from "@langchain/openai";
import {
  ChatLaplas,
  type ChatLaplasCallOptions,
  type ChatLaplasFields,
  type ClientConfiguration,
} from "@laplas/langchain";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import type { ClientOptions } from "openai";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

type Body = Record<string, unknown>;
type Outcome =
  /** Both send the same. `model` where ChatOpenAI sends it with reasoning models alone. */
  | { sent: unknown; model?: string }
  /** The body has this and nothing else of it. */
  | { obeyed: unknown; adds: Body }
  | { refused: unknown }
  /** A hint or a preference that gpt-4o-mini's published shape does not list: it is left out, and reported under this name. */
  | { dropped: unknown; as: string };

const sent = (value: unknown, model = "gpt-4o-mini"): Outcome => ({ sent: value, model });
const obeyed = (value: unknown, adds: Body = {}): Outcome => ({ obeyed: value, adds });
const refused = (value: unknown): Outcome => ({ refused: value });

const dropped = (value: unknown, as: string): Outcome => ({ dropped: value, as });

const FIELDS: Record<keyof ChatOpenAIFields, Outcome> = {
  model: sent("gpt-4o"),
  modelName: sent("gpt-4o"),
  temperature: sent(0.5),
  topP: sent(0.5),
  maxTokens: sent(20),
  maxCompletionTokens: sent(20),
  frequencyPenalty: sent(0.5),
  presencePenalty: sent(-0.5),
  n: sent(2),
  logitBias: sent({ "50256": -1 }),
  user: dropped("ada", "user"),
  logprobs: sent(true),
  // Only beside `logprobs`: see below.
  topLogprobs: obeyed(0),
  stop: sent(["END"]),
  stopSequences: sent(["END"]),
  verbosity: dropped("low", "verbosity"),
  reasoning: sent({ effort: "low" }, "o3-mini"),
  service_tier: dropped("flex", "service_tier"),
  promptCacheKey: dropped("key", "prompt_cache_key"),
  promptCacheRetention: dropped("24h", "prompt_cache_retention"),
  promptCacheOptions: dropped({ mode: "auto" }, "prompt_cache_options"),
  modelKwargs: dropped({ metadata: { purpose: "test" } }, "metadata"),
  streaming: obeyed(true, { stream: true, stream_options: { include_usage: true } }),
  streamUsage: obeyed(false),
  disableStreaming: obeyed(true),
  supportsStrictToolCalling: obeyed(true),
  outputVersion: obeyed("v1"),
  timeout: obeyed(5_000),
  maxRetries: obeyed(0),
  maxConcurrency: obeyed(1),
  onFailedAttempt: obeyed(() => {}),
  cache: obeyed(new InMemoryCache(new Map())),
  callbacks: obeyed([]),
  callbackManager: obeyed(new CallbackManager()),
  tags: obeyed(["a"]),
  metadata: obeyed({ a: 1 }),
  verbose: obeyed(false),
  apiKey: obeyed("the-key"),
  configuration: obeyed({ dangerouslyAllowBrowser: true }),
  openAIApiKey: refused("sk-openai"),
  useResponsesApi: refused(true),
  zdrEnabled: refused(true),
  modalities: refused(["text", "audio"]),
  audio: refused({ voice: "alloy", format: "wav" }),
  prefixMessages: refused([{ role: "system", content: "Be brief." }]),
  __includeRawResponse: refused(true),
  completions: refused({}),
  responses: refused({}),
};

const schema = { name: "person", schema: { type: "object", properties: { name: { type: "string" } } } };
const tools = [
  { type: "function" as const, function: { name: "add", parameters: { type: "object", properties: {} } } },
];

const CALL_OPTIONS: Record<keyof ChatOpenAICallOptions, Outcome> = {
  seed: sent(7),
  stop: sent(["END"]),
  tools: sent(tools),
  tool_choice: obeyed("auto"),
  parallel_tool_calls: obeyed(false),
  strict: obeyed(true),
  response_format: sent({ type: "json_schema", json_schema: schema }),
  reasoning: sent({ effort: "low" }, "o3-mini"),
  reasoningEffort: sent("high", "o3-mini"),
  verbosity: dropped("low", "verbosity"),
  service_tier: dropped("flex", "service_tier"),
  prediction: dropped({ type: "content", content: "Hello" }, "prediction"),
  promptCacheKey: dropped("key", "prompt_cache_key"),
  promptCacheRetention: dropped("24h", "prompt_cache_retention"),
  promptCacheOptions: dropped({ mode: "auto" }, "prompt_cache_options"),
  stream_options: obeyed({ include_usage: false }),
  promptIndex: obeyed(0),
  maxRetries: obeyed(0),
  outputVersion: obeyed("v1"),
  ls_structured_output_format: obeyed({ kwargs: { method: "jsonMode" } }),
  signal: obeyed(new AbortController().signal),
  timeout: obeyed(5_000),
  callbacks: obeyed([]),
  configurable: obeyed({}),
  maxConcurrency: obeyed(1),
  metadata: obeyed({ a: 1 }),
  recursionLimit: obeyed(5),
  runId: obeyed("5f0c3e0a-0000-4000-8000-000000000000"),
  runName: obeyed("a run"),
  tags: obeyed(["a"]),
  options: refused({ headers: { "x-team": "blue" } }),
  functions: refused([{ name: "add", parameters: {} }]),
  function_call: refused({ name: "add" }),
  modalities: refused(["text", "audio"]),
  audio: refused({ voice: "alloy", format: "wav" }),
  text: refused({ format: { type: "text" } }),
  truncation: refused("auto"),
  include: refused(["message.output_text.logprobs"]),
  previous_response_id: refused("resp_1"),
};

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
});

/** What an answer says became of its request. */
function adjustedIn({ response_metadata: metadata }: AIMessage): readonly string[] {
  const { laplas: report } = metadata as { laplas: { adjusted: readonly { to: string }[] } };
  return report.adjusted.map(({ to }) => to);
}

/** The body that a call sends. What the upstream makes of it is another test's business. */
async function bodyOf(call: () => Promise<unknown>): Promise<Body> {
  const before = sandbox.requests.length;
  await call().catch(() => {});
  const body = sandbox.requests[before]?.body as Body | undefined;
  if (body === undefined) throw new Error("nothing was sent");
  return body;
}

/** A tier without rules, so that every value that the model's family takes reaches the body. */
const laplas = (fields: object) =>
  new ChatLaplas({
    ...{
      model: "gpt-4o-mini",
      apiKey: "a-key",
      baseURL: sandbox.baseURL,
      tier: "paid",
      ledger: "memory",
      maxRetries: 0,
    },
    ...fields,
  } as ChatLaplasFields);
const openai = (fields: object) =>
  new ChatOpenAI({
    ...{ model: "gpt-4o-mini", apiKey: "a-key", configuration: { baseURL: sandbox.baseURL }, maxRetries: 0 },
    ...fields,
  } as ChatOpenAIFields);

/** What a field adds to ChatOpenAI's body. That it writes `stream: false` is no difference. */
async function addedByOpenAI(plain: () => Promise<unknown>, call: () => Promise<unknown>): Promise<Body> {
  const { stream: _, ...before } = await bodyOf(plain);
  const { stream: __, ...after } = await bodyOf(call);
  const isNew = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(before[name]);
  return Object.fromEntries(Object.entries(after).filter(isNew));
}

const invalid = (name: string) =>
  expect.objectContaining({ code: "invalid_options", message: expect.stringContaining(`"${name}"`) });

describe.each(Object.entries(FIELDS))("the field %s of ChatOpenAI", (name, outcome) => {
  it("is sent, obeyed or refused", async () => {
    if ("refused" in outcome) {
      expect(() => laplas({ [name]: outcome.refused })).toThrow(invalid(name));
    } else if ("dropped" in outcome) {
      const plain = await bodyOf(() => laplas({}).invoke("Hello"));
      const answer = await laplas({ [name]: outcome.dropped }).invoke("Hello");
      expect(sandbox.requests.at(-1)?.body).toEqual(plain);
      expect(adjustedIn(answer)).toContain(`${outcome.as}=removed`);
    } else if ("obeyed" in outcome) {
      const plain = await bodyOf(() => laplas({}).invoke("Hello"));
      const body = await bodyOf(() => laplas({ [name]: outcome.obeyed }).invoke("Hello"));
      expect(body).toEqual({ ...plain, ...outcome.adds });
    } else {
      const { model } = outcome;
      const fields = { ...(name !== "modelName" && { model }), [name]: outcome.sent };
      const added = await addedByOpenAI(
        () => openai({ model }).invoke("Hello"),
        () => openai({ ...(name === "modelName" && { model: undefined }), ...fields }).invoke("Hello"),
      );
      expect(added).not.toEqual({});
      const own = { ...(name === "modelName" && { model: undefined }), ...fields };
      expect(await bodyOf(() => laplas(own).invoke("Hello"))).toMatchObject(added);
    }
  });
});

describe.each(Object.entries(CALL_OPTIONS))("the call option %s of ChatOpenAI", (name, outcome) => {
  it("is sent, obeyed or refused", async () => {
    const options = (value: unknown) => ({ [name]: value }) as ChatOpenAICallOptions & ChatLaplasCallOptions;
    if ("refused" in outcome) {
      await expect(laplas({}).invoke("Hello", options(outcome.refused))).rejects.toEqual(invalid(name));
      expect(sandbox.counts().received).toBe(0);
    } else if ("dropped" in outcome) {
      const plain = await bodyOf(() => laplas({}).invoke("Hello"));
      const answer = await laplas({}).invoke("Hello", options(outcome.dropped));
      expect(sandbox.requests.at(-1)?.body).toEqual(plain);
      expect(adjustedIn(answer)).toContain(`${outcome.as}=removed`);
    } else if ("obeyed" in outcome) {
      const plain = await bodyOf(() => laplas({}).invoke("Hello"));
      const body = await bodyOf(() => laplas({}).invoke("Hello", options(outcome.obeyed)));
      expect(body).toEqual({ ...plain, ...outcome.adds });
    } else {
      const { model } = outcome;
      const added = await addedByOpenAI(
        () => openai({ model }).invoke("Hello"),
        () => openai({ model }).invoke("Hello", options(outcome.sent)),
      );
      expect(added).not.toEqual({});
      expect(await bodyOf(() => laplas({ model }).invoke("Hello", options(outcome.sent)))).toMatchObject(added);
    }
  });
});

it("topLogprobs is sent beside logprobs, and refused without, as OpenAI does", async () => {
  expect(await bodyOf(() => laplas({ logprobs: true, topLogprobs: 2 }).invoke("Hello"))).toMatchObject({
    logprobs: true,
    top_logprobs: 2,
  });
  await expect(laplas({ topLogprobs: 2 }).invoke("Hello")).rejects.toMatchObject({ code: "invalid_request" });
});

it("options that go with tools are sent as ChatOpenAI sends them", async () => {
  const options = { tools, tool_choice: "add", parallel_tool_calls: false, strict: true };
  const theirs = await bodyOf(() => openai({}).invoke("Hello", options as never));
  expect(theirs).toMatchObject({ tools: [{ function: { strict: true } }], parallel_tool_calls: false });
  const { stream: _, ...body } = theirs;
  expect(await bodyOf(() => laplas({}).invoke("Hello", options as never))).toEqual(body);
  const strict = laplas({ supportsStrictToolCalling: true });
  expect((await bodyOf(() => strict.invoke("Hello", { tools }))).tools).toEqual(theirs.tools);
});

it("the parts of `configuration` that have a meaning here are obeyed, and all others are refused", async () => {
  const headers = { "x-team": "blue" };
  const model = new ChatLaplas({
    ...{ model: "gpt-4o-mini", tier: "paid", ledger: "memory" },
    configuration: { baseURL: sandbox.baseURL, apiKey: "its-key", defaultHeaders: headers },
  });
  await model.invoke("Hello");
  expect(sandbox.requests[0]?.headers).toMatchObject(headers);
  expect(sandbox.used("its-key")).toBeGreaterThan(0);
  const others: Required<Omit<ClientOptions, keyof ClientConfiguration | "dangerouslyAllowBrowser">> = {
    organization: "org",
    project: "project",
    adminAPIKey: "key",
    webhookSecret: "secret",
    dataResidency: "eu",
    timeout: 1,
    maxRetries: 1,
    fetchOptions: {},
    defaultQuery: { a: "b" },
    logLevel: "debug",
    logger: console,
    workloadIdentity: {} as never,
    credential: {} as never,
    x509Transport: {} as never,
    provider: {} as never,
  };
  for (const [name, value] of Object.entries(others)) {
    expect(() => laplas({ configuration: { [name]: value } })).toThrow(invalid(`configuration.${name}`));
  }
});
