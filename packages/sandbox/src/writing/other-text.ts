import type { ChatRequest } from "../chat/chat-request.js";
import { countTokens } from "../text/tokens.js";
import type { ResolvedDraft } from "./draft.js";
import { draftAnswer } from "./draft-answer.js";
import { longText } from "./long-text.js";

/** What would be said in other words: a made text of the same kind by another seed; for a given one some text of its sort. */
export function otherTextOf(
  draft: ResolvedDraft | undefined,
  request: ChatRequest,
  whole: string,
  json: boolean,
): (seed: number) => string {
  return (seed) => {
    if (draft?.text === undefined) {
      const other = draft && draftAnswer({ ...draft, seed }, request, "");
      if (other) return other.toolCalls[0]?.arguments ?? other.content;
    }
    return longText({ kind: json ? "list" : "sentences", seed, tokens: countTokens(whole) });
  };
}
