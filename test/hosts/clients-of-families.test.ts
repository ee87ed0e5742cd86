import { describe, expect, it } from "vitest";
import { dayOf, openGateway, rejection } from "../clients/open-gateway.ts";
import { callClient, expectAllAnswered, HELLO, WEATHER } from "./call-client.ts";
import { openPython } from "./python.ts";

const newest = await openPython("clients");
const openai2 = await openPython("clients-openai-2");

const PLACE = { name: "Reykjavik", inhabitants: 140_000 };
const REYKJAVIK = { prompt: "Reykjavik, a city in Iceland, has 140,000 inhabitants." };
const SEA = expect.stringContaining("sea");

interface Client {
  readonly title: string;
  readonly python: typeof newest;
  /** Of `clients/`. */
  readonly program: string;
  /** What its cases are given beside the model. */
  readonly fields?: object;
  /** What the cases give. */
  readonly cases: Readonly<Record<string, unknown>>;
  /** How many they take together. */
  readonly requests: number;
}

/** pydantic-ai by the protocol of a prefix. */
const pydantic = (prefix: string, protocol: string): Client => ({
  title: `pydantic-ai (${prefix}, ${protocol})`,
  python: newest,
  program: "pydantic_client",
  fields: { prefix },
  requests: 5,
  cases: { chat: HELLO, stream: SEA, tools: WEATHER, structured: PLACE },
});

const CLIENTS: readonly Client[] = [
  {
    title: "openai",
    python: newest,
    program: "openai_client",
    requests: 2,
    cases: { structured: PLACE, structured_stream: PLACE },
  },
  {
    title: "openai's responses",
    python: newest,
    program: "responses_client",
    requests: 4,
    cases: {
      parsed: PLACE,
      parsed_stream: PLACE,
      custom: expect.objectContaining({ type: "custom_tool_call", text: "It printed 42." }),
    },
  },
  {
    title: "Anthropic's SDK",
    python: newest,
    program: "anthropic_client",
    requests: 3,
    cases: { structured: PLACE, tools: expect.objectContaining({ stop: "tool_use", text: WEATHER }) },
  },
  ...[{}, { useResponses: false }].map((fields) => ({
    title: `the OpenAI Agents SDK (${"useResponses" in fields ? "chat completions" : "Responses"})`,
    python: newest,
    program: "agents_client",
    fields,
    requests: 5,
    cases: { structured: PLACE, tools: WEATHER, stream: WEATHER },
  })),
  {
    title: "LangChain's ChatOpenAI",
    python: newest,
    program: "langchain_client",
    requests: 4,
    cases: { structured: PLACE, structured_by_tool: PLACE, structured_stream: PLACE, json_mode: true },
  },
  pydantic("openai-chat:", "chat completions"),
  pydantic("openai:", "Responses"),
  pydantic("anthropic:", "Messages"),
  {
    title: "smolagents",
    python: newest,
    program: "smolagents_client",
    requests: 5,
    cases: { chat: HELLO, stream: SEA, tools: WEATHER },
  },
  {
    title: "LlamaIndex's OpenAILike",
    python: openai2,
    program: "llama_index_client",
    requests: 5,
    cases: { complete: HELLO, complete_stream: SEA, chat: HELLO, stream: SEA, structured: PLACE },
  },
  {
    title: "instructor",
    python: openai2,
    program: "instructor_client",
    requests: 6,
    cases: {
      structured: PLACE,
      strict: PLACE,
      functions: PLACE,
      json_schema: PLACE,
      json_mode: true,
      structured_stream: PLACE,
    },
  },
  { title: "DSPy", python: openai2, program: "dspy_client", requests: 1, cases: { chat: HELLO } },
];

/** One of each family; for the newest clients two, which show what those send. */
const MODELS = [
  "gpt-4o-mini",
  "claude-3-haiku-20240307",
  "gemini-1.5-pro",
  "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  "MiniMax-Text-01",
].slice(0, process.env.LAPLAS_TESTS_NEWEST === "1" ? 2 : undefined);

/** The text of a stream that came in pieces. */
function joined(result: unknown): unknown {
  return Array.isArray(result) && result.length > 5 ? result.join("") : result;
}

describe.each(CLIENTS)("$title at its defaults", ({ python, program, fields, requests, cases }) => {
  it.skipIf(python === undefined).each(MODELS)("on %s", async (model) => {
    const door = await openGateway();
    const names = Object.keys(cases).join(",");
    const argument = { model, ...REYKJAVIK, ...fields };
    const given = await callClient(python, door, program, names, { argument });
    // One case alone gives its result bare.
    const results = Object.entries(names.includes(",") ? (given as object) : { [names]: given });
    expect(Object.fromEntries(results.map(([name, result]) => [name, joined(result)]))).toEqual(cases);
    expectAllAnswered(door, requests);
  });
});

it.skipIf(openai2 === undefined)(
  "DSPy predicts fields where it knows that a model takes a form for its answer",
  async () => {
    const door = await openGateway();
    const argument = { model: "gpt-4o-mini" };
    expect(await callClient(openai2, door, "dspy_client", "predict", { argument })).toContain("4");
    expect(door.sandbox.counts()).toMatchObject({ refused: 0 });
  },
);

it.skipIf(openai2 === undefined).each(MODELS)(
  "LlamaIndex, not told that %s calls tools, demands a call without a tool, and is answered in words",
  async (model) => {
    const door = await openGateway();
    // It finds no JSON in the sandbox's words.
    const error = await rejection(
      callClient(openai2, door, "llama_index_client", "structured_by_default", { argument: { model } }),
    );
    expect(error).toMatchObject({ message: expect.stringContaining("Could not extract json") });
    expectAllAnswered(door, 1);
    expect(door.visits[0]?.headers.get("x-laplas-adjusted")).toContain("tool_choice=removed");
  },
);

describe("at a used-up quota", () => {
  const STOPS_AT_400 = { headers: { "x-laplas-quota-status": "400" } };
  it.skipIf(newest === undefined || openai2 === undefined).each([
    // They sit out a 429, whatever its headers say.
    { python: openai2, program: "llama_index_client", name: "chat", argument: STOPS_AT_400, status: 400 },
    { python: openai2, program: "llama_index_client", name: "complete", argument: STOPS_AT_400, status: 400 },
    { python: newest, program: "smolagents_client", name: "tools", argument: STOPS_AT_400, status: 400 },
    { python: openai2, program: "dspy_client", name: "chat", argument: STOPS_AT_400, status: 400 },
    { python: openai2, program: "instructor_client", name: "structured", argument: REYKJAVIK, status: 429 },
    { python: newest, program: "pydantic_client", name: "chat", argument: { prefix: "openai-chat:" }, status: 429 },
    { python: newest, program: "pydantic_client", name: "tools", argument: { prefix: "openai:" }, status: 429 },
    { python: newest, program: "pydantic_client", name: "stream", argument: { prefix: "anthropic:" }, status: 429 },
  ])("$program asks once where it gets $status, and says when the quota resets: $name $argument", async (row) => {
    const { python, program, name, argument, status } = row;
    const model = "gpt-4o-mini";
    const door = await openGateway({ laplas: { tier: dayOf(16) } });
    await door.laplas.chat({ model, messages: [{ role: "user", content: "Hello" }] });
    const error = await rejection(callClient(python, door, program, name, { argument: { model, ...argument } }));
    expect(error).toMatchObject({
      message: expect.stringMatching(/daily quota used up.* It will reset at 2026-03-11/),
    });
    expect(door.statuses()).toEqual([status]);
  });
});

describe("pydantic-ai", () => {
  it.skipIf(newest === undefined).each([
    { prefix: "openai-chat:", path: "/v1/chat/completions" },
    { prefix: "openai:", path: "/v1/responses" },
    { prefix: "openai-responses:", path: "/v1/responses" },
    { prefix: "anthropic:", path: "/v1/messages" },
  ])("speaks to $path by the prefix $prefix, counts what it used, and has an error with the pause", async (row) => {
    const { prefix, path } = row;
    const argument = { model: "gpt-4o-mini", prefix };
    const door = await openGateway({ laplas: { tier: dayOf(16) } });
    const used = await callClient(newest, door, "pydantic_client", "usage", { argument });
    expect(used).toEqual({ requests: 1, input: 8, output: 10 });
    const error = await rejection(callClient(newest, door, "pydantic_client", "chat", { argument }));
    expect(error).toMatchObject({
      types: expect.arrayContaining(["pydantic_ai.exceptions.ModelRateLimitError"]),
      status: 429,
      retry_after: 43_202,
    });
    expect(door.visits).toMatchObject([
      { path, status: 200 },
      { path, status: 429 },
    ]);
  });
});
