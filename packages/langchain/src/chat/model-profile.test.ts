import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { ModelCard, TierDocument } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { answerOf } from "../testing/scripted-answers.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
type Rules = TierDocument["rules"];

function own(rules: Rules, base?: "free"): TierDocument {
  return { name: "own", title: "Own", ...(base && { extends: base }), rules };
}

const TWO_LIMITS: Rules = [
  { id: "wide", kind: "maxOutputTokens", limit: 4_000, evidence },
  { id: "narrow", kind: "maxOutputTokens", limit: 1_000, evidence },
];
const NO_SOUND: Rules = [{ id: "sound", kind: "forbiddenContent", partTypes: ["input_audio"], evidence }];
const NO_FILES: Rules = [{ id: "files", kind: "forbiddenContent", partTypes: ["file", "image"], evidence }];

const SHORT: Rules = [{ id: "prompts", kind: "maxInputTokens", limit: 5_000, evidence }];
const MINUTE: Rules = [
  { id: "minute", kind: "window", meter: "tokens", hold: "asked", limit: 7_000, period: { type: "minute" }, evidence },
];

/** What the two say of the same thing, the card's word first. */
const PAIRS = [
  ["max_output_tokens", "maxOutputTokens"],
  ["context_length", "maxInputTokens"],
  ["tools", "toolCalling"],
  ["response_format", "structuredOutput"],
  ["reasoning", "reasoningOutput"],
  ["image_input", "imageInputs"],
  ["audio_input", "audioInputs"],
  ["file_input", "pdfInputs"],
] as const satisfies readonly (readonly [string, keyof ModelProfile])[];

describe("a profile", () => {
  it.each<[string, "free" | "playground" | "paid" | TierDocument, object]>([
    ["the free tier", "free", { maxOutputTokens: 512, imageInputs: false }],
    ["the Playground", "playground", { maxOutputTokens: 512, imageInputs: false }],
    ["the paid plan", "paid", {}],
    ["two limits on output", own(TWO_LIMITS), { maxOutputTokens: 1_000 }],
    [
      "a wider limit than the one it extends",
      own(TWO_LIMITS.slice(0, 1), "free"),
      { maxOutputTokens: 512, imageInputs: false },
    ],
    ["short prompts", own(SHORT), {}],
    ["a minute that a whole request has to fit into", own(MINUTE), {}],
    ["no sound", own(NO_SOUND), { audioInputs: false }],
    ["no files", own(NO_FILES, "free"), { maxOutputTokens: 512, pdfInputs: false, imageInputs: false }],
  ])("says what /v1/models says on a tier of %s", async (_, tier, expected) => {
    const { chat, engine } = await openWorld({}, { tier });
    const models = ["gpt-4o-mini", "Qwen/QwQ-32B", "claude-3-5-haiku-latest", "google/gemma-3-27b-it"];
    for (const model of [...models, "claude-3-5-sonnet-latest", "gemini-1.5-pro"]) {
      const { profile } = chat({ model });
      const card = (await (await engine.fetch(`http://x/v1/models/${model}`)).json()) as ModelCard;
      const told: Record<string, unknown> = { ...card, ...card.capabilities };
      expect(PAIRS.map(([word, field]) => [field, told[word]])).toEqual(
        PAIRS.map(([, field]) => [field, profile[field]]),
      );
      const { maxOutputTokens, imageInputs, audioInputs, pdfInputs } = profile;
      expect({ maxOutputTokens, imageInputs, audioInputs, pdfInputs }).toEqual(expected);
    }
  });

  it.each([
    ["gpt-4o-mini", true],
    ["claude-3-5-sonnet-latest", true],
    ["gemini-1.5-pro", true],
    // Not documented to call tools: asked in words.
    ["claude-3-5-haiku-latest", false],
    ["gemini-2.0-flash", false],
  ])("of %s says that it answers in a schema: %s, as it does then", async (model, answers) => {
    const { chat, sandbox } = await openWorld();
    expect(chat({ model }).profile.structuredOutput).toBe(answers);
    if (!answers) return;
    const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
    const chain = chat({ model }).withStructuredOutput(schema, { method: "jsonSchema" });
    expect(await chain.invoke("name: Ada")).toEqual({ name: "Ada" });
    expect(sandbox.counts().refused).toBe(0);
  });

  it("names the rule that cut a structured answer: the strictest", async () => {
    const { chat, sandbox } = await openWorld({ rules: { maxOutputTokens: null } }, { tier: own(TWO_LIMITS) });
    sandbox.fault(answerOf({ content: '{"name": "A' }, "length"));
    const chain = chat().withStructuredOutput({ type: "object", properties: {} }, { method: "jsonMode" });
    await expect(chain.invoke("name: Ada")).rejects.toMatchObject({ code: "output_tokens", rule: "narrow" });
  });
});
