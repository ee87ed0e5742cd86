import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../index.js";
import { chat, eventsOf } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const question = "What is 6 * 7?";
const answerOf = async (model: string, extra: object = {}) => {
  const { json } = await chat(sandbox, question, { model, ...extra });
  return { message: json.choices[0].message, finish: json.choices[0].finish_reason, usage: json.usage };
};
const apart = ["deepseek/deepseek-r1", "deepseek-reasoner", "x-ai/grok-3-beta", "x-ai/grok-3-mini-beta"];

describe("reasoning in a field of its own", () => {
  it.each(apart)("%s", async (model) => {
    const { message, finish, usage } = await answerOf(model);
    expect([message.content, finish]).toEqual(["6 * 7 is 42.", "stop"]);
    expect(message.reasoning_content.length).toBeGreaterThan(100);
    const reasoning = usage.completion_tokens_details.reasoning_tokens;
    expect(reasoning).toBe(Math.ceil(message.reasoning_content.length / 4));
  });

  it("is streamed before the content", async () => {
    const { text } = await chat(sandbox, question, { model: "deepseek/deepseek-r1", stream: true });
    const deltas = eventsOf(text)
      .slice(0, -1)
      .map((event) => JSON.parse(event).choices[0].delta);
    const { message } = await answerOf("deepseek/deepseek-r1");
    expect(deltas.map((delta) => delta.reasoning_content ?? "").join("")).toBe(message.reasoning_content);
    expect(deltas.map((delta) => delta.content ?? "").join("")).toBe(message.content);
    const firstWord = deltas.findIndex((delta) => delta.content);
    expect(deltas.findLastIndex((delta) => delta.reasoning_content)).toBeLessThan(firstWord);
  });

  it("eats everything under a tight cap, and leaves the rest under a wider one", async () => {
    const tight = await answerOf("deepseek/deepseek-r1", { max_tokens: 20 });
    expect([tight.message.content, tight.finish]).toEqual(["", "length"]);
    expect(tight.message.reasoning_content).toHaveLength(80);
    const whole = await answerOf("deepseek/deepseek-r1");
    const reasoning = whole.usage.completion_tokens_details.reasoning_tokens;
    const narrow = await answerOf("deepseek/deepseek-r1", { max_tokens: reasoning + 1 });
    expect([narrow.message.content, narrow.finish]).toEqual(["6 * ", "length"]);
    expect(narrow.message.reasoning_content).toBe(whole.message.reasoning_content);
  });
});

describe("reasoning elsewhere", () => {
  it("stands in <think> in front of QwQ's content", async () => {
    const { message, finish } = await answerOf("Qwen/QwQ-32B");
    expect(message.content).toMatch(/^<think>\n[^<]{100,}\n<\/think>\n\n6 \* 7 is 42\.$/);
    expect([finish, message.reasoning_content]).toEqual(["stop", undefined]);
    const tight = await answerOf("Qwen/QwQ-32B", { max_tokens: 10 });
    expect([tight.message.content.startsWith("<think>"), tight.message.content.length, tight.finish]).toEqual([
      true,
      40,
      "length",
    ]);
  });

  it("is hidden by the o models, but counted and cut", async () => {
    const { message, usage } = await answerOf("o3-mini");
    expect([message.content, message.reasoning_content]).toEqual(["6 * 7 is 42.", undefined]);
    expect(usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(30);
    const tight = await answerOf("o1", { max_completion_tokens: 30 });
    expect([tight.message.content, tight.finish]).toEqual(["", "length"]);
  });

  it("is not there where a model has none", async () => {
    for (const model of [
      "gpt-4o",
      "deepseek-chat",
      "x-ai/grok-beta",
      "claude-3-opus-latest",
      "gemini-2.5-pro-exp-03-25",
    ]) {
      const { message, usage } = await answerOf(model);
      expect(message.content).toBe("6 * 7 is 42.");
      expect(usage.completion_tokens_details.reasoning_tokens).toBe(0);
    }
  });
});
