import { quote } from "../errors/quote.js";
import { refusalResponse } from "./error-response.js";

/** Why a path is not served. */
type Reason =
  /** The tier has no models for it. */
  | { readonly lacks: string }
  /** A protocol or an endpoint that laplas does not speak, and what to do about it. */
  | { readonly speaks: string; readonly instead: string }
  /** Another path does its work, or the path is written wrongly. */
  | { readonly instead: string };

const CHAT = "Use POST /v1/chat/completions.";
const SEND_INLINE = "Nothing is stored here: send the content with each request.";
const ONE_BY_ONE = "Send each request to its own path.";

/** Its paths look like those of models: `/v1beta/models/gemini-pro:generateContent`. Its own OpenAI-compatible ones are below `/openai`. */
const GEMINI = /:((stream)?generate|(batch)?embed|predict)\w*$|:countTokens$|^\/v1(beta\d?|alpha)(\/(?!openai\/)|$)/i;

/** The one table of what clients ask for in vain. The first row whose pattern matches counts. */
const UNSERVED: readonly (readonly [path: RegExp, reason: Reason])[] = [
  [/\/v1\/v1(\/|$)/, { instead: 'The path has "/v1" twice: take it out of the base URL, or out of the path.' }],

  [/:(stream)?generate\w+$/i, { speaks: "the Gemini API", instead: CHAT }],
  [/:(batch)?embed\w+$/i, { speaks: "the Gemini API", instead: "Use POST /v1/embeddings." }],
  [GEMINI, { speaks: "the Gemini API", instead: "Use the OpenAI-compatible paths below /v1." }],
  [/^\/api\/(chat|generate)$/, { speaks: "the Ollama API", instead: CHAT }],
  [/^\/api\/embed$/, { speaks: "the Ollama API", instead: "Use POST /v1/embeddings." }],
  [/^\/api\/(tags|ps|show)$/, { speaks: "the Ollama API", instead: "Models are listed at GET /v1/models." }],
  [
    /^\/api\/(version|pull|push|create|copy|delete|blobs)(\/|$)/,
    {
      speaks: "the Ollama API",
      instead: "Set the client to an OpenAI-compatible API with a base URL that ends in /v1.",
    },
  ],
  [
    /\/responses\/compact$/,
    { speaks: "the compaction of Responses", instead: "Ask for a summary at POST /v1/responses." },
  ],
  [
    /\/responses\/input_tokens$/,
    { instead: "The gateway (laplas serve) says what a call would cost at POST /v1/check, for the body of a chat." },
  ],
  [
    /\/messages\/batches(\/|$)/,
    { speaks: "the Message Batches API", instead: "Send each request to POST /v1/messages." },
  ],
  [/(^|\/v1)\/complete$/, { speaks: "Anthropic's Text Completions API", instead: "Use POST /v1/messages." }],
  [
    /\/conversations(\/|$)/,
    { speaks: "the Conversations API", instead: `${CHAT} Send the history with each request.` },
  ],
  [/\/(assistants|threads)(\/|$)/, { speaks: "the Assistants API", instead: CHAT }],

  [/\/audio\/speech$/, { lacks: "speech" }],
  [/\/audio\/(transcriptions|translations)$/, { lacks: "speech recognition" }],
  [/\/audio(\/|$)/, { lacks: "audio" }],
  [/\/realtime(\/|$)/, { lacks: "speech in real time" }],
  [/\/moderations$/, { lacks: "moderation" }],
  [/\/(videos?|video\/generations)(\/|$)/, { lacks: "video" }],
  [/\/images\/edits$/, { lacks: "image editing" }],
  [/\/images\/variations$/, { lacks: "variations of images" }],
  [/\/re-?rank$/, { lacks: "reranking" }],
  [/\/(fine_tuning|fine-tunes)(\/|$)/, { lacks: "fine-tuning" }],

  [/\/(files|uploads|containers)(\/|$)/, { speaks: "the Files API", instead: SEND_INLINE }],
  [
    /\/vector_stores(\/|$)/,
    { speaks: "the Vector Stores API", instead: `${SEND_INLINE} Vectors come from POST /v1/embeddings.` },
  ],
  [/\/batch(es)?(\/|$)/, { speaks: "the Batch API", instead: ONE_BY_ONE }],
  [/\/evals(\/|$)/, { speaks: "the Evals API", instead: CHAT }],
  [/\/completions\/.+$/, { instead: "Answers are not stored. They are given once, by POST /v1/chat/completions." }],
  [/\/completions$/, { instead: CHAT }],
  [/\/engines(\/|$)/, { instead: "Models are listed at GET /v1/models." }],
  [/\/(organization|dashboard|usage|billing)(\/|$)/, { instead: "The gateway shows what is left at GET /v1/quota." }],
  [
    /\/(quota|check|calls-left|events)$/,
    { instead: "The gateway (laplas serve) answers it, at this path directly below /v1." },
  ],
  [/\/chat$/, { instead: CHAT }],
  [/\/(embed|embedding)$/, { instead: "Use POST /v1/embeddings." }],
  [/\/images?(\/generation)?$/, { instead: "Use POST /v1/images/generations." }],
  [/\/model$/, { instead: "Models are listed at GET /v1/models." }],
];

const SERVED =
  "Served are POST /v1/chat/completions, POST /v1/responses, POST /v1/messages, POST /v1/completions, POST /v1/embeddings, POST /v1/images/generations, GET /v1/models and GET /v1/models/{id}.";

/** Why a path is not served: the tier lacks what it is for, laplas does not speak it, another path does it, or nobody knows it. */
export function unknownPathMessage(method: string, path: string, tierTitle: string): string {
  const begin = `There is no ${quote(`${method} ${path === "" ? "/" : path}`)} here.`;
  const reason = UNSERVED.find(([pattern]) => pattern.test(path))?.[1];
  if (reason === undefined) return `${begin} ${SERVED}`;
  if ("lacks" in reason) {
    return `${begin} ${tierTitle} has nothing for ${reason.lacks}: only chat, embedding and image models can be called. ${SERVED}`;
  }
  if ("speaks" in reason) return `${begin} laplas does not speak ${reason.speaks}. ${reason.instead} ${SERVED}`;
  return `${begin} ${reason.instead} ${SERVED}`;
}

/** Whether a path looks like a served one and is Gemini's. */
export function isForeignPath(path: string): boolean {
  return GEMINI.test(path);
}

/** The answer at a path that is served, to a method that is not: 204 with `Allow` to OPTIONS, else 405 with `Allow`. */
export function otherMethodResponse(
  method: string,
  path: string,
  allowed: readonly string[],
  requestId: string,
): Response {
  const allow = [...allowed, "OPTIONS"].join(", ");
  if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow, "x-request-id": requestId } });
  const message = `${quote(path)} takes ${allow}, not ${quote(method)}.`;
  const request = { path, headers: new Headers() };
  const refusal = { status: 405, code: "method_not_allowed", message };
  return refusalResponse(refusal, { requestId, headers: { allow }, request });
}
