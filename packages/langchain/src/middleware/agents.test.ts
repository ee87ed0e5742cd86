import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { freeTier } from "@laplas/core";
import { createAgent, initChatModel, toolStrategy } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { laplasBudgetMiddleware } from "../middleware.js";
import { openWorld, rejection } from "../testing/open-world.js";

const weather = tool(async ({ city }) => `It is sunny in ${city}.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string().describe("Name of the city") }),
});

/** A world whose budget is spent by one call before the test. */
async function spentWorld() {
  const world = await openWorld({ rules: { dailyApiTokens: 1 } }, {});
  await world.chat().invoke("Hello");
  // The server's word is what tells the engine that this key has less than the tier promises.
  await rejection(world.chat().invoke("Hello"));
  return { ...world, received: world.sandbox.counts().received };
}

describe("an agent with laplasBudgetMiddleware", () => {
  it("calls its own model while the budget lasts", async () => {
    const { chat, sandbox } = await openWorld();
    const spare = await openWorld();
    const middleware = [laplasBudgetMiddleware({ fallbacks: [spare.chat()] })] as const;
    const agent = createAgent({ model: chat(), tools: [weather], middleware });
    const { messages, laplasBudget } = await agent.invoke({ messages: "What is the weather in Paris?" });
    expect(messages.at(-1)?.text).toContain("sunny");
    expect(laplasBudget).toEqual({ model: "gpt-4o-mini" });
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
    expect(spare.sandbox.counts().received).toBe(0);
  });

  it("turns to the next model that it can pay for, and says so", async () => {
    const first = await spentWorld();
    const second = await spentWorld();
    const third = await openWorld();
    const agent = createAgent({
      model: first.chat(),
      tools: [weather],
      middleware: [laplasBudgetMiddleware({ fallbacks: [second.chat(), third.chat({ model: "gpt-4o" })] })],
    });
    const { messages, laplasBudget } = await agent.invoke({ messages: "What is the weather in Paris?" });
    expect(messages.map((message) => message.type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(laplasBudget).toEqual({
      model: "gpt-4o",
      switchedFrom: "gpt-4o-mini",
      reason: "daily_quota",
      resetsAt: expect.stringMatching(/^20\d\d-.*Z$/),
    });
    expect([first.sandbox.counts().received, second.sandbox.counts().received]).toEqual([
      first.received,
      second.received,
    ]);
    expect(third.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("turns away before a call that is expected to cost more than is left", async () => {
    const rules = freeTier.rules.map((rule) => (rule.id === "daily_api_tokens" ? { ...rule, limit: 20 } : rule));
    const { chat, sandbox } = await openWorld({}, { tier: { ...freeTier, name: "little", rules } });
    await chat().invoke("Hello");
    const { cost, remaining, verdict } = await chat().check("Hello");
    expect({ verdict, isShort: (cost?.expected ?? 0) > (remaining ?? 0) }).toEqual({ verdict: "pass", isShort: true });
    const spare = await openWorld();
    const middleware = [laplasBudgetMiddleware({ fallbacks: [spare.chat()] })] as const;
    const { laplasBudget } = await createAgent({ model: chat(), tools: [], middleware }).invoke({ messages: "Hello" });
    expect(laplasBudget).toMatchObject({ switchedFrom: "gpt-4o-mini", reason: "expected_cost" });
    expect(sandbox.counts().received).toBe(1);
    expect(spare.sandbox.counts().answered).toBe(1);
  });

  it("calls its own model where no other can be paid for, and that one's error speaks", async () => {
    const { chat, calls } = await spentWorld();
    const { chat: other, calls: otherCalls } = await spentWorld();
    const middleware = [laplasBudgetMiddleware({ fallbacks: [other()] })] as const;
    const agent = createAgent({ model: chat(), tools: [], middleware });
    const before = [calls.length, otherCalls.length];
    const error = await rejection(agent.invoke({ messages: "Hello" }));
    expect(error).toMatchObject({ cause: { code: "daily_quota" } });
    expect([calls.length, otherCalls.length]).toEqual([(before[0] ?? 0) + 1, before[1]]);
  });

  it("leaves refusals that are no matter of budget to speak for themselves", async () => {
    const { chat } = await openWorld();
    const spare = await openWorld();
    const middleware = [laplasBudgetMiddleware({ fallbacks: [spare.chat()] })] as const;
    const agent = createAgent({ model: chat({ model: "gpt-99" }), tools: [], middleware });
    expect(await rejection(agent.invoke({ messages: "Hello" }))).toMatchObject({
      cause: { code: "model_not_on_tier" },
    });
    expect(spare.sandbox.counts().received).toBe(0);
  });

  it("takes a model of another vendor to answer always", async () => {
    const { chat } = await spentWorld();
    const other = new FakeListChatModel({ responses: ["from elsewhere"] });
    Object.assign(other, { model: "elsewhere", bindTools: () => other });
    const middleware = [laplasBudgetMiddleware({ fallbacks: [other] })] as const;
    const { messages, laplasBudget } = await createAgent({ model: chat(), tools: [], middleware }).invoke({
      messages: "Hello",
    });
    expect(messages.at(-1)?.text).toBe("from elsewhere");
    expect(laplasBudget).toMatchObject({ model: "elsewhere", switchedFrom: "gpt-4o-mini" });
  });

  it("returns to its own model when the day is new", async () => {
    const first = await openWorld({ rules: { dailyApiTokens: 1 } });
    await first.chat().invoke("Hello");
    await rejection(first.chat().invoke("Hello"));
    const spare = await openWorld();
    const middleware = [laplasBudgetMiddleware({ fallbacks: [spare.chat({ model: "gpt-4o" })] })] as const;
    const agent = createAgent({ model: first.chat(), tools: [], middleware });
    const evening = await agent.invoke({ messages: "Hello" });
    expect(evening.laplasBudget).toMatchObject({ model: "gpt-4o", switchedFrom: "gpt-4o-mini" });
    first.sandbox.clock.advance(25 * 3_600_000);
    // The state of yesterday comes along, as a checkpointer would bring it.
    const morning = await agent.invoke({
      ...evening,
      messages: [...evening.messages, { role: "user", content: "Hi" }],
    });
    expect(morning.laplasBudget).toEqual({ model: "gpt-4o-mini" });
  });

  it("speaks beside a structured answer, streamed, and when many run at once", async () => {
    const first = await spentWorld();
    const spare = await openWorld();
    const person = z.object({ name: z.string(), age: z.number() });
    const agent = createAgent({
      model: first.chat(),
      tools: [],
      responseFormat: toolStrategy(person),
      middleware: [laplasBudgetMiddleware({ fallbacks: [spare.chat({ model: "gpt-4o" })] })],
    });
    const input = { messages: "name: Ada, age: 36" };
    for (const state of await Promise.all([1, 2, 3].map(() => agent.invoke(input)))) {
      expect(state).toMatchObject({ structuredResponse: { name: "Ada", age: 36 }, laplasBudget: { model: "gpt-4o" } });
    }
    let seen: unknown;
    for await (const state of await agent.stream(input, { streamMode: "values" })) seen = state.laplasBudget ?? seen;
    expect(seen).toMatchObject({ model: "gpt-4o", switchedFrom: "gpt-4o-mini" });
  });

  it("passes over a fallback that can't be made", async () => {
    const { chat } = await spentWorld();
    const spare = await openWorld();
    const broken = Object.assign(spare.chat(), {
      _getModelInstance: () => Promise.reject(new Error("no such provider")),
    });
    const middleware = [laplasBudgetMiddleware({ fallbacks: [broken, spare.chat({ model: "gpt-4o" })] })] as const;
    const { laplasBudget } = await createAgent({ model: chat(), tools: [], middleware }).invoke({ messages: "Hello" });
    expect(laplasBudget).toMatchObject({ model: "gpt-4o", switchedFrom: "gpt-4o-mini" });
  });

  it("finds the model inside bindings and inside those of initChatModel", async () => {
    await import("../register.js");
    const first = await spentWorld();
    const spare = await openWorld();
    const own = await initChatModel("gpt-4o-mini", { modelProvider: "laplas", engine: first.engine });
    const agent = createAgent({
      model: own,
      tools: [weather],
      middleware: [laplasBudgetMiddleware({ fallbacks: [spare.chat({ model: "gpt-4o" })] })],
    });
    const { laplasBudget } = await agent.invoke({ messages: "What is the weather in Paris?" });
    expect(laplasBudget).toMatchObject({ model: "gpt-4o", switchedFrom: "gpt-4o-mini" });
    expect(first.sandbox.counts().received).toBe(first.received);
  });
});
