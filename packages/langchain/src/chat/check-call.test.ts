import { tool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openWorld, rejection } from "../testing/open-world.js";

describe("check", () => {
  it("says what a call would cost and what is left, and sends nothing", async () => {
    const { chat, sandbox } = await openWorld();
    const check = await chat().check("Hello");
    expect(check).toMatchObject({
      verdict: "pass",
      model: "gpt-4o-mini",
      remaining: 50_000,
      resetsAt: expect.any(Date),
    });
    expect(check.cost?.worst).toBeGreaterThan(check.cost?.expected ?? Number.NaN);
    expect(sandbox.counts().received).toBe(0);
  });

  it("counts options and tools of the call as part of the request", async () => {
    const { chat } = await openWorld();
    const model = chat({ maxTokens: 400 });
    const big = tool(async () => "", { name: "big", description: "word ".repeat(2_000), schema: z.object({}) });
    const [plain, short, withTools] = await Promise.all([
      model.check([["human", "Hello"]]),
      model.check("Hello", { maxTokens: 10 }),
      model.check("Hello", { tools: [big] }),
    ]);
    expect(short.cost?.worst).toBeLessThan(plain.cost?.worst ?? 0);
    expect(withTools.cost?.worst).toBeGreaterThan(plain.cost?.worst ?? Number.NaN);
    expect((await model.check("Hello", { maxTokens: 600 })).adjusted).toMatchObject([{ field: "max_tokens" }]);
  });

  it("says what a long answer would cost, as the call or the model has it continued", async () => {
    const { chat } = await openWorld();
    const model = chat({ continueAtCap: 8, maxTokens: 3_000 });
    const check = await model.check("Hello");
    expect(check).toMatchObject({ verdict: "pass", longAnswer: { parts: 7, tokens: 3_000 } });
    expect(check.longAnswer?.expected).toBeGreaterThan(check.cost?.worst ?? Number.NaN);
    expect((await model.check("Hello", { continueAtCap: 1 })).longAnswer).toMatchObject({ parts: 2 });
    expect(await model.check("Hello", { continueAtCap: 0 })).not.toHaveProperty("longAnswer");
    expect(await chat().check("Hello")).not.toHaveProperty("longAnswer");
  });

  it("says beforehand the error that the call would throw", async () => {
    const { chat } = await openWorld({ rules: { dailyApiTokens: 0 } });
    await rejection(chat().invoke("Hello"));
    expect(await chat().check("Hello")).toMatchObject({ verdict: "refuse", error: { code: "daily_quota" } });
    expect(await chat({ model: "gpt-99" }).check("Hello")).toMatchObject({ error: { code: "model_not_on_tier" } });
  });

  it("knows nothing of a rest where nothing is limited", async () => {
    const { chat } = await openWorld({}, { tier: "paid" });
    expect((await chat().check("Hello")).remaining).toBeUndefined();
  });

  it("says what a ledger that can't be opened would do to the call", async () => {
    const { chat } = await openWorld({}, { ledger: "sqlite:/proc/none/ledger.sqlite" });
    const { remaining, ...check } = await chat().check("Hello");
    expect(remaining).toBeUndefined();
    expect(check).toMatchObject({ verdict: "refuse", model: "gpt-4o-mini", error: { code: "ledger" } });
  });
});
