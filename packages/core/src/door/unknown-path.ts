import { quote } from "../errors/quote.js";

/** Paths of OpenAI's API, by their beginning, that serve what the tier's page does not list. */
const OFF_TIER: readonly (readonly [path: RegExp, what: string])[] = [
  [/\/audio\/speech$/, "speech"],
  [/\/audio\/(transcriptions|translations)$/, "speech recognition"],
  [/\/moderations$/, "moderation"],
  [/\/videos(\/|$)/, "video"],
  [/\/images\/(edits|variations)$/, "image editing"],
  [/\/(assistants|threads|vector_stores)(\/|$)/, "assistants"],
];

/** Paths whose work another path does. */
const ELSEWHERE: readonly (readonly [path: RegExp, instead: string])[] = [
  [/\/responses(\/|$)/, "The Responses API is not spoken here; switch the client to chat completions."],
  [/\/completions$/, "Ask at POST /chat/completions."],
  [/\/engines(\/|$)/, "Models are listed at GET /models."],
];

const KNOWN =
  "Known are POST /chat/completions, POST /completions, POST /embeddings, POST /images/generations, GET /models and GET /models/{id}.";

/** Why a path is not served: the tier lacks what it is for, another path does it, or nobody knows it. */
export function unknownPathMessage(method: string, path: string, tierTitle: string): string {
  const offTier = OFF_TIER.find(([pattern]) => pattern.test(path))?.[1];
  if (offTier !== undefined) {
    return `${tierTitle}: there is nothing for ${offTier} here: only chat, embedding and image models can be called. ${KNOWN}`;
  }
  const instead = ELSEWHERE.find(([pattern]) => pattern.test(path) && !path.endsWith("/chat/completions"))?.[1];
  if (instead !== undefined) return `There is no such path here for ${quote(method)}. ${instead} ${KNOWN}`;
  return `There is no such path here for ${quote(method)}. ${KNOWN}`;
}
