import type { FindOffTier } from "../../catalog/create-catalog.js";
import { type NotServedModels, offTierFinder } from "../../catalog/find-off-tier.js";

/** What a documented model makes that the free tier doesn't offer. */
export type OffTierModality =
  | "video"
  | "music"
  | "text-to-speech"
  | "speech-to-text"
  | "moderation"
  | "3d"
  | "ocr"
  | "search"
  | "assistant";

const klingTasks = ["image-to-video", "text-to-video"];
const klingVersions = ["v1/standard", "v1/pro", "v1.6/standard", "v1.6/pro"];
const auraVoices = [
  "angus",
  "arcas",
  "asteria",
  "athena",
  "helios",
  "hera",
  "luna",
  "orion",
  "orpheus",
  "perseus",
  "stella",
  "zeus",
];
const novaFields = [
  "automotive",
  "conversationalai",
  "drivethru",
  "finance",
  "general",
  "medical",
  "meeting",
  "phonecall",
  "video",
  "voicemail",
];
const whisperSizes = ["tiny", "small", "base", "medium", "large"];

/** Models of the documentation of 2025-04-16 outside the free tier's list (chat, embeddings, images). */
export const offTierModels: readonly NotServedModels[] = [
  {
    modality: "video",
    vendors: ["Alibaba Cloud", "Alibaba"],
    models: [["wan/v2.1/1.3b/text-to-video", "Wan", "Wan 2.1", "Wan v2.1", "Wan 2.1 (Text-to-Video)"]],
  },
  {
    modality: "video",
    vendors: ["Google"],
    models: [
      ["veo2", "Veo", "Veo2 (Text-to-Video)"],
      ["veo2/image-to-video", "Veo2 (Image-to-Video)"],
    ],
  },
  {
    modality: "video",
    vendors: ["Kling AI", "Kling", "Kling Video"],
    models: [
      ["Kling AI", "Kling", "kling-video", "Kling v1", "Kling v1.6", "Kling 1.6"],
      ...klingVersions.flatMap((version) => klingTasks.map((task) => klingModel(version, task))),
    ],
  },
  {
    modality: "video",
    vendors: ["Luma AI", "Luma"],
    models: [
      ["Luma AI", "Luma"],
      ["Luma AI Text-to-Video v2", "Text-to-Video v2"],
      ["Luma AI Text-to-Video v1", "Text-to-Video v1"],
    ],
  },
  { modality: "video", vendors: ["MiniMax"], models: [["video-01"], ["video-01-live2d"]] },
  { modality: "video", vendors: ["Runway"], models: [["gen3a_turbo"], ["runway/gen4_turbo", "gen4_turbo"]] },
  { modality: "music", vendors: ["MiniMax"], models: [["minimax-music"], ["music-01"]] },
  { modality: "music", vendors: ["Stability AI", "Stability"], models: [["stable-audio"]] },
  {
    modality: "text-to-speech",
    vendors: ["Deepgram"],
    models: [
      ["aura", "#g1_aura"],
      ...auraVoices.map((voice) => [`#g1_aura-${voice}-en`, `aura-${voice}-en`, `aura-${voice}`] as const),
    ],
  },
  {
    modality: "speech-to-text",
    vendors: ["Deepgram"],
    models: [
      ["stt"],
      ["nova-2", "#g1_nova-2"],
      ...novaFields.map((field) => [`#g1_nova-2-${field}`, `nova-2-${field}`] as const),
    ],
  },
  {
    modality: "speech-to-text",
    vendors: ["OpenAI"],
    models: [
      ["whisper", "#g1_whisper"],
      ...whisperSizes.map((size) => [`#g1_whisper-${size}`, `whisper-${size}`] as const),
    ],
  },
  {
    modality: "moderation",
    vendors: ["Meta", "meta-llama"],
    models: [
      ["meta-llama/Llama-Guard-3-11B-Vision-Turbo", "Llama-Guard-3-11B-Vision-Turbo"],
      ["meta-llama/LlamaGuard-2-8b", "LlamaGuard-2-8b"],
      ["meta-llama/Meta-Llama-Guard-3-8B", "Meta-Llama-Guard-3-8B"],
    ],
  },
  { modality: "3d", vendors: ["Stability AI", "Stability"], models: [["triposr"]] },
  { modality: "ocr", vendors: ["Google"], models: [["Google OCR", "OCR"]] },
  {
    modality: "ocr",
    vendors: ["Mistral AI", "Mistral"],
    models: [["mistral/mistral-ocr-latest", "mistral-ocr-latest", "mistral-ocr"]],
  },
  {
    modality: "ocr",
    vendors: [],
    models: [["OFR: Optical Feature Recognition", "OFR", "Optical Feature Recognition"]],
  },
  {
    modality: "search",
    vendors: ["Bagoodex"],
    models: [["bagoodex/bagoodex-search-v1", "bagoodex-search-v1", "Bagoodex", "AI Search Engine"]],
  },
  { modality: "assistant", vendors: ["OpenAI"], models: [["Assistants", "Assistant", "Assistants API"]] },
];

/** The sidebar writes a hyphen where the id has a slash and, once, "standart". */
function klingModel(version: string, task: string): readonly [string, ...string[]] {
  const label = `${version.replace("/", "-")}/${task}`;
  return [`kling-video/${version}/${task}`, label, label.replace("standard", "standart")];
}

/** Finds a model that the free tier doesn't offer by its id or its label in the documentation. */
export const findOffTierModel: FindOffTier = offTierFinder(offTierModels);
