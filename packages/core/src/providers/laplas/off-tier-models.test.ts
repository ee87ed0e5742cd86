import { describe, expect, test } from "vitest";
import { builtInModels } from "./built-in-models.js";
import { createCatalog } from "./laplas-catalog.js";
import { findOffTierModel, type OffTierModality, offTierModels } from "./off-tier-models.js";

/** The documentation's sidebar outside chat, image and embedding, of 2025-04-16: kind, vendor, label. */
const sidebar: readonly [modality: OffTierModality, vendor: string, label: string][] = [
  ["video", "Alibaba Cloud", "Wan 2.1 (Text-to-Video)"],
  ["video", "Google", "Veo2 (Image-to-Video)"],
  ["video", "Google", "Veo2 (Text-to-Video)"],
  ["video", "Kling AI", "v1-standard/image-to-video"],
  ["video", "Kling AI", "v1-standard/text-to-video"],
  ["video", "Kling AI", "v1-pro/image-to-video"],
  ["video", "Kling AI", "v1-pro/text-to-video"],
  ["video", "Kling AI", "v1.6-standard/text-to-video"],
  ["video", "Kling AI", "v1.6-standart/image-to-video"],
  ["video", "Kling AI", "v1.6-pro/image-to-video"],
  ["video", "Kling AI", "v1.6-pro/text-to-video"],
  ["video", "Luma AI", "Text-to-Video v2"],
  ["video", "Luma AI", "Text-to-Video v1 (legacy)"],
  ["video", "MiniMax", "video-01"],
  ["video", "MiniMax", "video-01-live2d"],
  ["video", "Runway", "gen3a_turbo"],
  ["video", "Runway", "gen4_turbo"],
  ["music", "MiniMax", "minimax-music [legacy]"],
  ["music", "MiniMax", "music-01"],
  ["music", "Stability AI", "stable-audio"],
  ["speech-to-text", "", "stt [legacy]"],
  ["speech-to-text", "Deepgram", "nova-2"],
  ["speech-to-text", "OpenAI", "whisper-base"],
  ["speech-to-text", "OpenAI", "whisper-large"],
  ["speech-to-text", "OpenAI", "whisper-medium"],
  ["speech-to-text", "OpenAI", "whisper-small"],
  ["speech-to-text", "OpenAI", "whisper-tiny"],
  ["text-to-speech", "Deepgram", "aura"],
  ["moderation", "Meta", "Llama-Guard-3-11B-Vision-Turbo"],
  ["moderation", "Meta", "LlamaGuard-2-8b"],
  ["moderation", "Meta", "Meta-Llama-Guard-3-8B"],
  ["3d", "Stability AI", "triposr"],
  ["ocr", "Google", "Google OCR"],
  ["ocr", "Mistral AI", "mistral-ocr-latest"],
  ["ocr", "", "OFR: Optical Feature Recognition"],
  ["search", "Bagoodex", "AI Search Engine"],
  ["assistant", "OpenAI", "Assistants"],
];
const catalog = createCatalog();

describe("a label of the sidebar", () => {
  test.each(sidebar)("is %s of %s: %s, as people type it", (modality, vendor, label) => {
    const short = vendor.replace(/ (AI|Cloud)$/, "");
    const written = [label, `${vendor}/${label}`, `${vendor} ${label}`, `${short} ${label}`, `${short}: ${label}`];
    for (const name of written) {
      for (const typed of [name, name.toLowerCase(), name.toUpperCase(), name.replaceAll(" ", "-"), ` ${name} `]) {
        expect.soft(findOffTierModel(typed), typed).toMatchObject({ modality });
        expect.soft(catalog.find(typed), typed).toMatchObject({ kind: "off-tier", modality });
      }
    }
  });
});

describe("findOffTierModel", () => {
  test.each([
    ["kling-video/v1.6/pro/text-to-video", "video"],
    ["stable-audio", "music"],
    ["#g1_aura-zeus-en", "text-to-speech"],
    ["#g1_nova-2-general", "speech-to-text"],
    ["meta-llama/LlamaGuard-2-8b", "moderation"],
    ["triposr", "3d"],
    ["Google OCR", "ocr"],
    ["mistral/mistral-ocr-latest", "ocr"],
    ["bagoodex/bagoodex-search-v1", "search"],
    ["Assistants", "assistant"],
  ])("knows %s as %s", (name, modality) => {
    expect(findOffTierModel(name)).toEqual({ name, modality });
  });

  test.each([
    ["whisper-large", "#g1_whisper-large"],
    ["openai/whisper-large", "#g1_whisper-large"],
    ["Whisper", "whisper"],
    ["Gen4_Turbo", "runway/gen4_turbo"],
    ["mistral-ocr-latest", "mistral/mistral-ocr-latest"],
    ["mistralai/mistral-ocr-latest", "mistral/mistral-ocr-latest"],
    ["Meta-Llama-Guard-3-8B", "meta-llama/Meta-Llama-Guard-3-8B"],
    ["Wan 2.1", "wan/v2.1/1.3b/text-to-video"],
    ["wan2.1", "wan/v2.1/1.3b/text-to-video"],
    ["Veo 2", "veo2"],
    ["Veo2 (Image-to-Video)", "veo2/image-to-video"],
    ["Kling", "Kling AI"],
    ["v1-standard/image-to-video", "kling-video/v1/standard/image-to-video"],
    ["v1.6-standart/image-to-video", "kling-video/v1.6/standard/image-to-video"],
    ["v1.6-standard/image-to-video", "kling-video/v1.6/standard/image-to-video"],
    ["kling-video/v1.6/standart/image-to-video", "kling-video/v1.6/standard/image-to-video"],
    ["Luma", "Luma AI"],
    ["Text-to-Video v1", "Luma AI Text-to-Video v1"],
    ["minimax-music [legacy]", "minimax-music"],
    ["stt (legacy)", "stt"],
    ["aura-asteria-en", "#g1_aura-asteria-en"],
    ["nova-2", "nova-2"],
    ["OCR", "Google OCR"],
    ["OFR", "OFR: Optical Feature Recognition"],
    ["AI Search Engine", "bagoodex/bagoodex-search-v1"],
    ["OpenAI Assistants", "Assistants"],
  ])("knows %s as another way to write %s", (name, id) => {
    expect(findOffTierModel(name)?.name).toBe(id);
  });

  test.each([
    "image-to-video",
    "text-to-video",
    "runway/",
    "google",
    "video",
    "legacy",
    "",
    "/",
    "__proto__",
    "constructor",
    "kling-v9-unknown",
    "veo3",
    "aura-2",
    "my-ocr",
    "日本ocr",
    "gpt-4o (legacy)",
  ])("doesn't know %j", (name) => {
    expect(findOffTierModel(name)).toBeUndefined();
  });

  test("takes no id, label or vendor's label of a model that is served", () => {
    for (const { id, aliases, label, vendor } of builtInModels) {
      for (const name of [id, ...aliases, label]) {
        for (const typed of [name, `${vendor}/${name}`, `${vendor} ${name}`, `${name} (legacy)`]) {
          expect.soft(findOffTierModel(typed), typed).toBeUndefined();
        }
      }
    }
  });

  test("leaves near names to the suggestions", () => {
    expect(catalog.find("kling-v9-unknown")).toMatchObject({ kind: "unknown" });
    for (const [near, meant] of [
      ["text-02", "MiniMax-Text-01"],
      ["mistral-nem", "mistralai/mistral-nemo"],
      ["gpt-4o-search", "gpt-4o-search-preview"],
      ["nova-flash-2.0", undefined],
    ] as const) {
      const found = catalog.find(near);
      expect.soft(found.kind, near).toBe("unknown");
      if (found.kind === "unknown" && meant !== undefined) expect.soft(found.suggestions, near).toContain(meant);
    }
  });

  test("lists no name twice", () => {
    const names = offTierModels.flatMap(({ models }) => models.map(([name]) => name));
    expect(names.length).toBeGreaterThan(50);
    expect(new Set(names).size).toBe(names.length);
  });

  test("means one model by every other name", () => {
    for (const { modality, models } of offTierModels) {
      for (const [name, ...others] of models) {
        for (const other of others) expect.soft(findOffTierModel(other), other).toEqual({ name, modality });
      }
    }
  });
});
