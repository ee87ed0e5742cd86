import { expect, it } from "vitest";
import { documentOf } from "./testing/document-of.js";
import { openRefusing } from "./testing/refusing-provider.js";

const entry = (id: string, prompt: string) => ({ id, pricing: { prompt, completion: "0", request: "0", image: "0" } });
const MODELS = [
  entry("qwen/qwen3.8-27b:free", "0"),
  entry("qwen/qwen3.8-27b", "0.0000004"),
  entry("lab/odd:free", "0.1"),
];

it("openrouter: what has a price in the list is refused, whatever its name says", async () => {
  const { ask, engine, sent } = await openRefusing(documentOf("openrouter"), MODELS);
  expect(await ask("lab/odd:free")).toMatchObject({ code: "model_not_on_tier" });
  expect(await ask("qwen/qwen3.8-27b")).toMatchObject({ code: "model_not_on_tier" });
  expect(sent).toEqual([]);
  expect(await ask("qwen/qwen3.8-27b:free")).toBe("answered");
  expect((await engine.models()).map(({ id }) => id)).toEqual(["qwen/qwen3.8-27b:free"]);
});

it("openrouter: a tier and models of one's own, and ids sent as they are, make none of them free", async () => {
  const tier = { name: "mine", title: "mine", rules: [] };
  const { ask, sent } = await openRefusing(documentOf("openrouter"), MODELS, {
    tier,
    unknownModels: "send",
    models: [{ id: "qwen/qwen3.8-27b", modality: "chat" }],
  });
  for (const name of ["qwen/qwen3.8-27b", "QWEN/qwen3.8-27b"])
    expect(await ask(name)).toMatchObject({ code: "model_not_on_tier" });
  expect(sent).toEqual([]);
  expect(await ask("not/listed")).toBe("answered");
});
