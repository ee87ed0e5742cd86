/** What a documented model makes that the free tier doesn't offer. */
export type OffTierModality =
  | "video"
  | "music"
  | "text-to-speech"
  | "speech-to-text"
  | "moderation"
  | "3d"
  | "ocr"
  | "search";

const aura = [
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
const nova = [
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
const whisper = ["tiny", "small", "base", "medium", "large"];

/**
 * Models of the documentation of 2025-04-16 outside the free tier's list (chat, embeddings, images). Google OCR, OFR,
 * Luma and the Assistants are documented without a model id of their own, so there is no name to recognise.
 */
export const offTierModels: Readonly<Record<OffTierModality, readonly string[]>> = {
  video: [
    "kling-video/v1/standard/image-to-video",
    "kling-video/v1/standard/text-to-video",
    "kling-video/v1/pro/image-to-video",
    "kling-video/v1/pro/text-to-video",
    "kling-video/v1.6/standard/image-to-video",
    "kling-video/v1.6/standard/text-to-video",
    "kling-video/v1.6/pro/image-to-video",
    "kling-video/v1.6/pro/text-to-video",
    "video-01",
    "video-01-live2d",
    "gen3a_turbo",
    "runway/gen4_turbo",
    "wan/v2.1/1.3b/text-to-video",
    "veo2",
    "veo2/image-to-video",
  ],
  music: ["stable-audio", "minimax-music", "music-01"],
  "text-to-speech": aura.map((voice) => `#g1_aura-${voice}-en`),
  "speech-to-text": [...nova.map((field) => `#g1_nova-2-${field}`), ...whisper.map((size) => `#g1_whisper-${size}`)],
  moderation: [
    "meta-llama/Llama-Guard-3-11B-Vision-Turbo",
    "meta-llama/LlamaGuard-2-8b",
    "meta-llama/Meta-Llama-Guard-3-8B",
  ],
  "3d": ["triposr"],
  ocr: ["mistral/mistral-ocr-latest"],
  search: ["bagoodex/bagoodex-search-v1"],
};

let byName: Map<string, OffTierModel> | undefined;

/** A model known by name, and known not to be offered. */
export interface OffTierModel {
  /** The documented id, however the caller spelled it. */
  readonly name: string;
  readonly modality: OffTierModality;
}

/** Finds a model that the free tier doesn't offer by its id, in any case, with or without `#g1_` or the vendor's name. */
export function findOffTierModel(name: string): OffTierModel | undefined {
  byName ??= indexOffTierModels();
  return byName.get(name.toLowerCase());
}

function indexOffTierModels(): Map<string, OffTierModel> {
  const index = new Map<string, OffTierModel>();
  for (const [modality, names] of Object.entries(offTierModels) as [OffTierModality, readonly string[]][]) {
    for (const name of names) {
      const found = { name, modality };
      const id = name.toLowerCase();
      index.set(id, found);
      // The sidebar drops these prefixes, and so do people: "whisper-large", "gen4_turbo".
      const short = id.replace(/^(#g1_|runway\/|meta-llama\/|mistral\/|bagoodex\/)/, "");
      if (!index.has(short)) index.set(short, found);
    }
  }
  return index;
}
