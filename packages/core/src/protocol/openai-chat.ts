import type { Endpoint } from "../request/read-request.js";
import type { ChatCompletionChunk } from "../request/wire-types.js";
import type { ClientCall, ClientProtocol } from "./protocol.js";

const ENDPOINTS: readonly (readonly [suffix: string, endpoint: Endpoint])[] = [
  ["/chat/completions", "chat"],
  ["/embeddings", "embedding"],
  ["/images/generations", "image"],
];

/** What is the same for every call, beside its body. */
const AS_IT_IS: Omit<ClientCall, "bodies"> = {
  adjusted: [],
  whole: (answer) => answer,
  form: Object.assign((chunk: ChatCompletionChunk, raw: string | undefined) => raw ?? JSON.stringify(chunk), {
    ofText: (raw: string) => raw,
  }),
  // What the form above makes of them: a step between would cost a promise for every chunk.
  events: (items) => items as AsyncIterable<string>,
  end: "[DONE]",
  broken: ({ body }) => JSON.stringify(body),
};

/** OpenAI's chat completions, embeddings and images: the engine's own words. Events are passed on as text. */
export const openaiChat: ClientProtocol = {
  match: (path) => ENDPOINTS.find(([suffix]) => path.endsWith(suffix))?.[1],
  read: (body) => ({ ...AS_IT_IS, bodies: [body] }),
  error: (error) => error,
};
