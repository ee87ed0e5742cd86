import type { Document } from "@langchain/core/documents";
import type { PlannedCall } from "@laplas/core";
import { CHAT, EMBEDDING, PICTURE, PIECES_PER_QUESTION } from "./models.ts";

/** Of the agent: it searches, answers from what was found, and draws. */
const AGENT_TURNS = 3;
/** Of the last part, which meets each limit. */
const SHORT_CALLS = 8;

/** The calls of the demo before they are made, so that their cost can be told: answers are taken to be as long as usual. */
export function plannedCalls(taken: readonly Document[], questions: number): PlannedCall[] {
  const texts = taken.map(({ pageContent }) => pageContent);
  const { model, batchSize } = EMBEDDING;
  const context = texts.slice(0, PIECES_PER_QUESTION).join("\n\n");
  return [
    ...Array.from({ length: Math.ceil(texts.length / batchSize) }, (_, index) => ({
      request: { model, input: texts.slice(index * batchSize, (index + 1) * batchSize) },
    })),
    { request: chat(context, CHAT.maxTokens), count: questions + AGENT_TURNS },
    { request: { ...PICTURE, prompt: "a cover picture" } },
    { request: chat("Hello"), count: SHORT_CALLS },
  ];
}

function chat(content: string, maxTokens?: number): PlannedCall["request"] {
  const limit = maxTokens === undefined ? {} : { max_tokens: maxTokens };
  return { model: CHAT.model, messages: [{ role: "user", content }], ...limit };
}
