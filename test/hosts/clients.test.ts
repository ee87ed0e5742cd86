import { describe, expect, it } from "vitest";
import { obeysLimits } from "../clients/limits.ts";
import { type Door, dayOf, openGateway, rejection, rounded, sandboxVectors } from "../clients/open-gateway.ts";
import { swaps } from "../clients/swap-it-in.ts";
import { callClient, expectAllAnswered, expectOpenAIFailure, HELLO, tokenFiles, WEATHER } from "./call-client.ts";
import { openPython } from "./python.ts";

const python = await openPython("clients");
const openai2 = await openPython("clients-openai-2");

/** tiktoken, of LangChain's embeddings, would download its tokens. */
const tokens: Record<string, string> = openai2 === undefined ? {} : { TIKTOKEN_CACHE_DIR: await tokenFiles(openai2) };

/** A program of its own from the page, run as the page has it. */
async function runPage(door: Door, code: string, variables: Record<string, string> = {}): Promise<string> {
  if (python === undefined) throw new Error("there is no Python");
  const { stdout, stderr, code: exit } = await python.run(["-c", code], { ...tokens, ...variables });
  if (exit !== 0) throw new Error(stderr);
  expect(new Set(door.statuses())).toEqual(new Set([200]));
  expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  return stdout;
}

const call = <Result>(door: Door, program: string, name: string, argument: object = {}): Promise<Result> =>
  callClient<Result>(python, door, program, name, { argument, variables: tokens });

const limitsOf = (program: string, fields: object = {}) => ({
  ask: (door: Door, question: object) => call<string>(door, program, "ask", { ...question, ...fields }),
  error: expectOpenAIFailure,
});

const PLACE = { name: "Reykjavik", inhabitants: 140_000 };
const REYKJAVIK = { prompt: "Reykjavik, a city in Iceland, has 140,000 inhabitants." };
const LISBON = { prompt: "What is the weather in Lisbon?" };
const SEA = { prompt: "Write 60 words about the sea" };
const TEXTS = ["The ferry leaves at seven", "Bread is baked with flour"];

describe.skipIf(python === undefined)("the openai package of Python", () => {
  it("answers a chat", async () => {
    const door = await openGateway();
    const answer = await call(door, "openai_client", "chat");
    const text = expect.stringContaining("Hello there!");
    expect(answer).toEqual({ text, tokens: 18, api_tokens: 16, header: "16" });
    expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("streams, with the usage that was asked for", async () => {
    const door = await openGateway();
    const answer = await call<{ words: string[]; api_tokens: number }>(door, "openai_client", "stream", SEA);
    const { words, api_tokens: cost } = answer;
    expect(words.length).toBeGreaterThan(10);
    expect(words.join("")).toContain("sea");
    expect(cost).toBe(door.sandbox.used());
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("streams without a chunk that has no choice where no usage was asked for", async () => {
    const door = await openGateway();
    expect(await call(door, "openai_client", "stream_without_usage", SEA)).toContain("sea");
  });

  it("calls a tool and takes its result in a second turn", async () => {
    const door = await openGateway();
    const answer = await call(door, "openai_client", "tools", LISBON);
    expect(answer).toEqual({
      finish: "tool_calls",
      text: expect.stringContaining("18 degrees and sunny in Lisbon"),
    });
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("parses an answer by a pydantic model", async () => {
    const door = await openGateway();
    const place = await call(door, "openai_client", "structured", REYKJAVIK);
    expect(place).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("embeds, to the values that the sandbox gives", async () => {
    const door = await openGateway();
    const vectors = await call<number[][]>(door, "openai_client", "embeddings", { input: TEXTS });
    expect(rounded(vectors)).toEqual(await sandboxVectors(door.sandbox, TEXTS));
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("draws pictures, with an address or as data", async () => {
    const door = await openGateway();
    const { links, data } = await call<{ links: string[]; data: string }>(door, "openai_client", "images");
    expect(links).toHaveLength(2);
    expect((await fetch(links[0] ?? "")).headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(data, "base64").toString("latin1", 1, 4)).toBe("PNG");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("lists the models", async () => {
    const door = await openGateway();
    expect(await call(door, "openai_client", "models")).toContain("gpt-4o-mini");
  });

  obeysLimits("gateway", limitsOf("openai_client"));
});

const AGENTS = [
  { title: "at its defaults", path: "/v1/responses", fields: {}, limits: { cutError: /response\.incomplete/ } },
  { title: "by chat completions", path: "/v1/chat/completions", fields: { useResponses: false }, limits: {} },
];
const AGENTS_TITLE = "the OpenAI Agents SDK of Python $title";

describe.skipIf(python === undefined).each(AGENTS)(AGENTS_TITLE, ({ path, fields, limits }) => {
  it("calls a tool and answers from its result", async () => {
    const door = await openGateway();
    expect(await call(door, "agents_client", "tools", fields)).toContain("18 degrees and sunny in Lisbon");
    expect(door.visits).toMatchObject([
      { path, status: 200 },
      { path, status: 200 },
    ]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("streams, tool call included", async () => {
    const door = await openGateway();
    const words = await call<string[]>(door, "agents_client", "stream", fields);
    expect(words.length).toBeGreaterThan(3);
    expect(words.join("")).toContain("18 degrees and sunny in Lisbon");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gives structured output", async () => {
    const door = await openGateway();
    const place = await call(door, "agents_client", "structured", fields);
    expect(place).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
  });

  it("counts what it used", async () => {
    const door = await openGateway();
    const counts = await call(door, "agents_client", "usage", fields);
    expect(counts).toEqual({
      requests: 2,
      input: expect.any(Number),
      output: expect.any(Number),
      total: expect.any(Number),
    });
    const { input, output, total } = counts as Record<string, number>;
    expect([(input ?? 0) > 60, (output ?? 0) > 10]).toEqual([true, true]);
    expect(total).toBe((input ?? 0) + (output ?? 0));
  });

  it("goes on beyond the limit where that is asked for", async () => {
    const door = await openGateway();
    const question = { prompt: "Write 900 words about the sea", model: "gpt-4o-mini", ...fields };
    const text = await call<string>(door, "agents_client", "ask", {
      ...question,
      headers: { "x-laplas-continue": "8" },
    });
    expect(text.split(/\s+/).length).toBeGreaterThan(800);
    expect(door.statuses()).toEqual([200]);
  });

  obeysLimits("gateway", { ...limitsOf("agents_client", fields), ...limits });
});

describe.skipIf(python === undefined)("LangChain's ChatOpenAI of Python", () => {
  it("answers", async () => {
    const door = await openGateway();
    const answer = await call(door, "langchain_client", "chat");
    expect(answer).toEqual({ text: HELLO, tokens: 18 });
    expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("streams", async () => {
    const door = await openGateway();
    const words = await call<string[]>(door, "langchain_client", "stream");
    expect(words.length).toBeGreaterThan(10);
    expect(words.join("")).toContain("sea");
  });

  it("calls a tool and takes its result in a second turn", async () => {
    const door = await openGateway();
    const answer = await call(door, "langchain_client", "tools");
    expect(answer).toEqual({ arguments: [{ city: "Lisbon" }], text: WEATHER });
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gives structured output", async () => {
    const door = await openGateway();
    expect(await call(door, "langchain_client", "structured")).toEqual(PLACE);
  });

  it("does the same by Responses where it has use_responses_api, and asks once where a day is used up", async () => {
    const door = await openGateway();
    const argument = { fields: { use_responses_api: true } };
    const names = "chat,stream,tools,structured";
    const { stream, ...answers } = await call<{ stream: string[] }>(door, "langchain_client", names, argument);
    expect(answers).toEqual({
      chat: { text: HELLO, tokens: 18 },
      tools: { arguments: [{ city: "Lisbon" }], text: WEATHER },
      structured: PLACE,
    });
    expect(stream.length).toBeGreaterThan(10);
    expect(stream.join("")).toContain("sea");
    expect(new Set(door.visits.map(({ path }) => path))).toEqual(new Set(["/v1/responses"]));
    expectAllAnswered(door, 5);

    const spent = await openGateway({ laplas: { tier: dayOf(16) } });
    const thrown = await rejection(call(spent, "langchain_client", "chat,stream", argument));
    expectOpenAIFailure(thrown, { status: 429, code: "free_tier_daily_quota", message: /will reset at 2026-03-11/ });
    expect(thrown).toMatchObject({ retry_after: 43_202 });
    expect(spent.statuses()).toEqual([200, 429]);
  });

  const embed = { model: "text-embedding-3-small", input: TEXTS };

  it.each([
    { title: "token ids, as it sends by default", fields: {} },
    { title: "texts", fields: { check_embedding_ctx_length: false } },
  ])("embeds $title, to the values that the sandbox gives", async ({ fields }) => {
    const door = await openGateway();
    const vectors = await call<number[][]>(door, "langchain_client", "embeddings", { ...embed, fields });
    expect(rounded(vectors)).toEqual(await sandboxVectors(door.sandbox, TEXTS));
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("is told which of its options sends texts, where a model's tokens are not OpenAI's", async () => {
    const door = await openGateway();
    const asked = call(door, "langchain_client", "embeddings", { ...embed, model: "BAAI/bge-base-en-v1.5" });
    const thrown = await rejection(asked);
    expect(thrown).toMatchObject({
      status: 400,
      message: expect.stringContaining("check_embedding_ctx_length=False"),
    });
    expect(door.sandbox.counts().received).toBe(0);
  });

  obeysLimits("gateway", limitsOf("langchain_client"));
});

describe.skipIf(python === undefined)("docs/swap-it-in.md", () => {
  it.each(swaps("python"))("$title: runs afterwards", async ({ after }) => {
    const door = await openGateway();
    // Vectors have no words: the page prints how long they are.
    expect(await runPage(door, after(door.baseURL))).toMatch(/Hello there!|^1536$/m);
  });

  it("openai for Python needs no change of code: its variables are enough", async () => {
    const door = await openGateway();
    const [{ before } = { before: "" }] = swaps("python");
    expect(before).toContain("OpenAI()");
    const variables = { OPENAI_BASE_URL: door.baseURL, OPENAI_API_KEY: "unused" };
    expect(await runPage(door, before, variables)).toContain("Hello there!");
  });
});
