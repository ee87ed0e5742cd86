import { describe, expect, it } from "vitest";
import { dayOf, openGateway, rejection } from "../clients/open-gateway.ts";
import { callClient, expectAllAnswered } from "./call-client.ts";
import { openPython } from "./python.ts";

const newest = await openPython("clients");
const openai2 = await openPython("clients-openai-2");

const HELLO = expect.stringContaining("Hello there!");
const WEATHER = expect.stringContaining("18 degrees and sunny in Lisbon");
const PLACE = { name: "Reykjavik", inhabitants: 140_000 };
const REYKJAVIK = { prompt: "Reykjavik, a city in Iceland, has 140,000 inhabitants." };
const SEA = expect.stringContaining("sea");

/** A program of `clients/`, its cases with what they give, and how many requests they take together. */
const CLIENTS = [
  {
    title: "openai",
    python: newest,
    program: "openai_client",
    requests: 2,
    cases: { structured: PLACE, structured_stream: PLACE },
  },
  {
    title: "the OpenAI Agents SDK",
    python: newest,
    program: "agents_client",
    requests: 1,
    cases: { structured: PLACE },
  },
  {
    title: "LangChain's ChatOpenAI",
    python: newest,
    program: "langchain_client",
    requests: 4,
    cases: { structured: PLACE, structured_by_tool: PLACE, structured_stream: PLACE, json_mode: true },
  },
  {
    title: "pydantic-ai (openai-chat:)",
    python: newest,
    program: "pydantic_client",
    requests: 5,
    cases: { chat: HELLO, stream: SEA, tools: WEATHER, structured: PLACE },
  },
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

/** One of each family. */
const MODELS = [
  "gpt-4o-mini",
  "claude-3-haiku-20240307",
  "gemini-1.5-pro",
  "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  "MiniMax-Text-01",
];

/** The text of a stream that came in pieces. */
function joined(result: unknown): unknown {
  return Array.isArray(result) && result.length > 10 ? result.join("") : result;
}

describe.each(CLIENTS)("$title at its defaults", ({ python, program, requests, cases }) => {
  it.skipIf(python === undefined).each(MODELS)("on %s", async (model) => {
    const door = await openGateway();
    const names = Object.keys(cases).join(",");
    const argument = { model, ...REYKJAVIK };
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
    { python: newest, program: "pydantic_client", name: "chat", argument: {}, status: 429 },
  ])("$program asks once where it gets $status, and says when the quota resets: $name", async (row) => {
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
