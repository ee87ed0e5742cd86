import { createEngine, createLaplas } from "@laplas/core";
import { gemini, groq, laplas } from "@laplas/providers";
import { expect, it, onTestFinished } from "vitest";
import { isPool, isServed, namesInWords, providerOf, providerOfModel, routeNames } from "./provider-of.js";
import { startPresets } from "./testing/pool-config.js";

const own = { ledger: "memory", environment: {} } as const;

it("a model is served if the tier of its own provider has it, by the name that it has there", async () => {
  const { presets } = await startPresets({ groq: {}, gemini: {} });
  const engine = createEngine({
    ...own,
    providers: [
      groq({ apiKey: "any", baseURL: presets.groq?.baseURL }),
      gemini({ apiKey: "any", baseURL: presets.gemini?.baseURL }),
    ],
  });
  onTestFinished(() => engine.close());
  const served = (await engine.models()).filter((model) => isServed(engine, model)).map(({ id }) => id);
  expect(served).toContain("groq/openai/gpt-oss-120b");
  expect(served).toContain("gemini/gemini-2.5-flash");
  // Paid only: its windows hold nothing.
  expect(served).not.toContain("gemini/gemini-2.5-pro");
  expect(providerOf(engine, "gemini").title).toBe("Google Gemini");
  expect(providerOf(engine, "nobody").id).toBe("groq");
  expect(providerOfModel(engine, "gemini/gemini-2.5-flash").id).toBe("gemini");
  expect(providerOfModel(engine, "auto").id).toBe("groq");
  expect(routeNames(engine)).toEqual(["auto", "auto:tools"]);
  expect(isPool(engine)).toBe(true);
});

it("laplas alone is no pool, and has no routes; one other provider has more to say than windows of all models", () => {
  const alone = createLaplas({ ...own, apiKey: "any" });
  const listed = createEngine({ ...own, providers: [laplas({ apiKey: "any" })] });
  const other = createEngine({ ...own, providers: [groq({ apiKey: "any" })], routes: { fast: ["groq/a"] } });
  onTestFinished(async () => {
    for (const engine of [alone, listed, other]) await engine.close();
  });
  expect([alone, listed, other].map(isPool)).toEqual([false, false, true]);
  expect([alone, listed, other].map(routeNames)).toEqual([[], [], ["fast"]]);
  expect([listed, other].map((one) => namesInWords(one))).toEqual(["provider/model", "fast, or provider/model"]);
});
