import { describe, expect, it } from "vitest";
import type { ChatRequest, ChatTurn, JsonSchema } from "../chat/chat-request.js";
import { generateAnswer } from "./generate-answer.js";

const turn = (role: ChatTurn["role"], text: string): ChatTurn => ({ role, text, toolCalls: [] });

function request(question: string | ChatTurn[], extra: Partial<ChatRequest> = {}): ChatRequest {
  return {
    turns: typeof question === "string" ? [turn("user", question)] : question,
    maxTokens: undefined,
    largestMaxTokens: undefined,
    stream: false,
    includeUsage: false,
    choices: 1,
    stop: [],
    tools: [],
    toolChoice: { kind: "auto" },
    format: { kind: "text" },
    ...extra,
  };
}

const answer = (question: string | ChatTurn[], extra?: Partial<ChatRequest>) =>
  generateAnswer(request(question, extra)).content;

const shop = `Items can be returned within 30 days of delivery. Refunds are paid within five business days.
Shipping is free for orders above 50 euros. Express delivery costs 9.90 euros and arrives the next working day.
Support is open from 9 to 17 on weekdays. The company was founded in Bergen in 1998 by Ada Holm.`;

describe("answers from a context", () => {
  it.each([
    [
      "in tags",
      (question: string) => `Answer from the context.\n<context>\n${shop}\n</context>\nQuestion: ${question}`,
    ],
    [
      "after a label",
      (question: string) => `Answer based only on the following context:\n${shop}\n\nQuestion: ${question}`,
    ],
    [
      "as the LangChain hub prompt writes it",
      (question: string) =>
        `You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer the question. If you don't know the answer, just say that you don't know.\nQuestion: ${question}\nContext: ${shop}\nAnswer:`,
    ],
    ["without any mark", (question: string) => `${shop}\n\n${question}`],
  ])("%s", (_, prompt) => {
    expect(answer(prompt("How long do I have to return an item?"))).toBe(
      "Items can be returned within 30 days of delivery.",
    );
    expect(answer(prompt("What does express delivery cost?"))).toBe(
      "Express delivery costs 9.90 euros and arrives the next working day.",
    );
    expect(answer(prompt("Who founded the company?"))).toBe("The company was founded in Bergen in 1998 by Ada Holm.");
  });

  it("in Chinese and Japanese, from a long text without blanks", () => {
    const chinese =
      "图书馆的书可以借四个星期。去岛上的渡轮每天早上七点从北码头出发。渡轮什么时候回来？回程是下午五点半。市场每周六举行。";
    expect(answer(`<context>${chinese}</context>\nQuestion: 渡轮几点出发？`)).toBe(
      "去岛上的渡轮每天早上七点从北码头出发。",
    );
    const japanese = "本は四週間借りることができます。オーブンは二百三十度に予熱します。市場は毎週土曜日に開かれます。";
    expect(answer(`<context>${japanese}</context>\nQuestion: オーブンは何度に予熱しますか？`)).toBe(
      "オーブンは二百三十度に予熱します。",
    );
  });

  it("with what stands below a heading that the question names", () => {
    const text = "# Opening hours\n\nFrom nine to five on weekdays.\n\n# Refunds\n\nPaid within a week.";
    expect(answer(`<context>${text}</context>\nQuestion: What is "Opening hours" about?`)).toBe(
      "From nine to five on weekdays.",
    );
  });

  it("in the system message", () => {
    const turns = [turn("system", `You are a shop assistant. ${shop}`), turn("user", "When is support open?")];
    expect(answer(turns)).toBe("Support is open from 9 to 17 on weekdays.");
  });

  it("say that a marked context does not tell", () => {
    expect(answer(`<context>${shop}</context>\nQuestion: What is the capital of Peru?`)).toBe(
      "I don't know: the context says nothing about the capital of Peru.",
    );
  });

  it("return a greeting whatever the context", () => {
    expect(answer([turn("system", `Context:\n${shop}`), turn("user", "Hello")])).toContain("How can I help you");
  });

  it("remember what the user said before", () => {
    const turns = [turn("user", "My name is Ada."), turn("assistant", "Nice!"), turn("user", "What is my name?")];
    expect(answer(turns)).toBe("You told me: My name is Ada.");
  });

  it("summarise with sentences of the text", () => {
    const summary = answer(`Summarize this:\n\n${shop}`);
    expect(summary.length).toBeLessThan(shop.length);
    for (const sentence of summary.split(/(?<=\.) /)) expect(shop).toContain(sentence);
  });
});

describe("answers without a context", () => {
  it.each([
    ["Hello", "Hello there! How can I help you today?"],
    ["What is 12 * 7?", "12 * 7 is 84."],
    ["Reply with the single word pong", "pong"],
    ["Count to 5", "1, 2, 3, 4, 5."],
  ])("%s", (question, expected) => {
    expect(answer(question)).toBe(expected);
  });

  it("name the topic", () => {
    expect(answer("Can you tell me a joke about cats?")).toContain("You asked about a joke about cats.");
  });

  it("are as long as asked", () => {
    const words = answer("Write 2000 words about the sea.").split(/\s+/).length;
    expect(words).toBeGreaterThanOrEqual(2000);
    expect(words).toBeLessThan(2040);
  });

  it("are the same every time", () => {
    expect(answer("What is a monad?")).toBe(answer("What is a monad?"));
  });
});

const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
});
const tools = [
  {
    name: "get_weather",
    description: "Get the current weather in a city",
    parameters: object({ city: { type: "string" } }),
  },
  {
    name: "multiply",
    description: "Multiply two numbers",
    parameters: object({ a: { type: "number" }, b: { type: "number" } }),
  },
];
const called = (question: string | ChatTurn[], extra: Partial<ChatRequest> = {}) =>
  generateAnswer(request(question, { tools, ...extra })).toolCalls.map(({ name, arguments: given }) => [
    name,
    JSON.parse(given),
  ]);

describe("tool calls", () => {
  it.each([
    ["What's the weather in New York?", ["get_weather", { city: "New York" }]],
    ["what is the weather like in paris today", ["get_weather", { city: "paris" }]],
    ["What is 6 * 7?", ["multiply", { a: 6, b: 7 }]],
    ["weather in sf", ["get_weather", { city: "sf" }]],
    ["What is 3 times 4?", ["multiply", { a: 3, b: 4 }]],
    ["Multiply 1,250.5 by -4", ["multiply", { a: 1250.5, b: -4 }]],
  ])("%s", (question, expected) => {
    expect(called(question)).toEqual([expected]);
  });

  it("are not made where no tool fits or none is allowed", () => {
    expect(called("Tell me a joke")).toEqual([]);
    expect(called("What is 6 * 7?", { toolChoice: { kind: "none" } })).toEqual([]);
  });

  it("are made where one is required or named", () => {
    expect(called("Tell me a joke", { toolChoice: { kind: "required" } })).toHaveLength(1);
    expect(called("Oslo, please", { toolChoice: { kind: "named", name: "get_weather" } })).toEqual([
      ["get_weather", { city: "Oslo" }],
    ]);
  });

  it("are followed by an answer from the result", () => {
    const asked = { ...turn("assistant", ""), toolCalls: [{ id: "c1", name: "multiply", arguments: "{}" }] };
    const turns = (result: string) => [turn("user", "What is 6 * 7?"), asked, turn("tool", result)];
    expect(answer(turns("42"), { tools })).toBe("The result of multiply is 42.");
    expect(answer(turns('{"product":42}'), { tools })).toBe("From multiply: product: 42.");
    expect(answer(turns("It is forty-two."), { tools })).toBe("It is forty-two.");
    // A full stop would stand alone below the picture.
    for (const picture of ["![a red boat](http://p/1.png)", "![boat](http://p/1.png)", "Here: ![boat](http://p/1.png)"])
      expect(answer(turns(picture), { tools })).toBe(picture);
    expect(called(turns("42"))).toEqual([]);
  });
});

describe("structured answers", () => {
  const structured = (text: string, schema: JsonSchema) =>
    JSON.parse(answer(text, { format: { kind: "schema", schema } }));

  it("take numbers and names from the text", () => {
    const schema = object({ name: { type: "string" }, birthYear: { type: "integer" }, city: { type: "string" } });
    expect(structured("Ada Lovelace was born in 1815 in London.", schema)).toEqual({
      name: "Ada Lovelace",
      birthYear: 1815,
      city: "London",
    });
  });

  it("stay within enums, limits and nested shapes", () => {
    const schema = object({
      sentiment: { type: "string", enum: ["positive", "negative"] },
      stars: { type: "integer", minimum: 1, maximum: 5 },
      tags: { type: "array", items: { $ref: "#/$defs/tag" }, minItems: 2 },
      note: { anyOf: [{ type: "null" }, { type: "string" }] },
    });
    schema.$defs = { tag: { type: "string" } };
    const value = structured("Terrible phone, the worst of 2024.", schema);
    expect(value).toMatchObject({ sentiment: "negative", stars: 5 });
    expect(value.tags.length).toBeGreaterThanOrEqual(2);
    expect(typeof value.note).toBe("string");
  });

  it("are a JSON object where only that is asked", () => {
    expect(JSON.parse(answer("Hello", { format: { kind: "json" } }))).toEqual({
      answer: "Hello there! How can I help you today?",
    });
  });
});

it("takes a tool's name for a name, whatever signs are in it", () => {
  const tool = { name: "look(up", description: "", parameters: {} };
  expect(answer("What is the capital?", { tools: [tool] })).toEqual(expect.any(String));
});
