import type { ChatModel, Dialect } from "../catalog/model.js";
import type { ChatDraft } from "../dialect/chat-draft.js";
import type { ChatMessage } from "../request/wire-types.js";
import { modelOf } from "./requests.js";

/** A chat model of each family. */
export const MODEL_OF: Readonly<Record<Dialect, string>> = {
  openai: "gpt-4o-mini",
  together: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  minimax: "MiniMax-Text-01",
  gemini: "gemini-1.5-pro",
  claude: "claude-3-5-sonnet-latest",
};

/** A request on its way into a family's shape. */
export function draftOf(
  dialect: Dialect,
  messages: readonly object[] = [{ role: "user", content: "Hello" }],
  more: Partial<ChatDraft> = {},
): ChatDraft {
  const model = MODEL_OF[dialect];
  return {
    model,
    dialect,
    known: modelOf(model) as ChatModel,
    limits: { maxOutputTokens: 512 },
    rest: {},
    fields: {},
    messages: messages as readonly ChatMessage[],
    places: messages.map((_, index) => index),
    hasFunctions: false,
    requests: 1,
    stream: false,
    transforms: [],
    adjustments: [],
    ...more,
  };
}

/** What was reported, as clients read it. */
export function reportedIn({ adjustments }: Pick<ChatDraft, "adjustments">): string[] {
  return adjustments.map(({ to }) => to);
}
