import type { ChatCompletion, ChatCompletionChunk } from "../request/wire-types.js";
import { eventStream } from "./server.js";

/** What an upstream in this process answers next. */
export interface CannedAnswer {
  readonly whole: ChatCompletion;
  readonly chunks: readonly ChatCompletionChunk[];
}

/** An upstream as a `fetch`: whatever it is asked, it answers what comes next, streamed where that is wanted. */
export function cannedUpstream(next: () => CannedAnswer): typeof globalThis.fetch {
  return async (_, init) => {
    const { stream } = JSON.parse(String(init?.body)) as { readonly stream?: boolean };
    const { whole, chunks } = next();
    if (stream !== true) return Response.json(whole);
    return new Response(eventStream(...chunks, "[DONE]"), { headers: { "content-type": "text/event-stream" } });
  };
}
