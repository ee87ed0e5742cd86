import { describe, expect, test } from "vitest";
import { findOffTierModel, offTierModels } from "./off-tier-models.js";

describe("findOffTierModel", () => {
  test.each([
    ["kling-video/v1.6/pro/text-to-video", "video"],
    ["stable-audio", "music"],
    ["#g1_aura-zeus-en", "text-to-speech"],
    ["#g1_nova-2-general", "speech-to-text"],
    ["meta-llama/LlamaGuard-2-8b", "moderation"],
    ["triposr", "3d"],
    ["mistral/mistral-ocr-latest", "ocr"],
    ["bagoodex/bagoodex-search-v1", "search"],
  ])("knows %s as %s", (name, modality) => {
    expect(findOffTierModel(name)).toEqual({ name, modality });
  });

  test.each([
    ["whisper-large", "#g1_whisper-large"],
    ["Gen4_Turbo", "runway/gen4_turbo"],
    ["mistral-ocr-latest", "mistral/mistral-ocr-latest"],
  ])("knows %s without its prefix", (name, id) => {
    expect(findOffTierModel(name)?.name).toBe(id);
  });

  test.each(["image-to-video", "runway/", "", "__proto__", "constructor"])("doesn't know %j", (name) => {
    expect(findOffTierModel(name)).toBeUndefined();
  });

  test("lists no name twice", () => {
    const names = Object.values(offTierModels).flat();
    expect(new Set(names).size).toBe(names.length);
  });
});
