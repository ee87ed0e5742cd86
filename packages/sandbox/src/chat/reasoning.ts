import type { GeneratedAnswer } from "../answers/generate-answer.js";
import { readPrompt } from "../answers/read-prompt.js";
import { topicOf } from "../answers/topic.js";
import type { ReasoningStyle } from "../models/reasoning-style.js";
import { longText } from "../writing/long-text.js";
import type { ChatRequest } from "./chat-request.js";

/** What a model thought before its answer, and where it goes. */
export interface Reasoning {
  /** Output before the content, in a field of its own or nowhere. */
  apart: string;
  /** Whether `apart` is shown as `reasoning_content`. */
  shown: boolean;
  /** Reasoning that is a part of the content. */
  inline: string;
}

/** The reasoning of one answer, in the place that the model has for it. */
export function reasoningOf(request: ChatRequest, answer: GeneratedAnswer, style: ReasoningStyle): Reasoning {
  const silent = style === "none" || (style === "on-demand" && !request.thinking);
  if (silent) return { apart: "", shown: false, inline: "" };
  const text = think(request, answer);
  if (style === "think") return { apart: "", shown: false, inline: `<think>\n${text}\n</think>\n\n` };
  return { apart: text, shown: style !== "hidden", inline: "" };
}

/** Thoughts that fill the whole cap, in the place that the model has for them; where it has none they are only counted. */
export function endlessReasoning(style: ReasoningStyle, tokens: number): Reasoning {
  const text = longText({ tokens: tokens + 1 });
  if (style === "think") return { apart: "", shown: false, inline: `<think>\n${text}` };
  return { apart: text, shown: style === "field", inline: "" };
}

/** A few sentences, 50 to 90 tokens: enough to be seen, and to leave nothing of an answer under a tight cap. */
function think(request: ChatRequest, answer: GeneratedAnswer): string {
  const prompt = readPrompt(request.turns);
  const topic = topicOf(prompt.question);
  const given = prompt.passages.length;
  const [call] = answer.toolCalls;
  return [
    `Okay, the user ${topic === "" ? "starts a conversation" : `asks about ${topic}`}. Let me see what I have to work with.`,
    prompt.toolResults.length > 0 ? "A tool has answered, so its result is what counts." : "",
    given > 0 ? "There is a text to answer from, so the answer has to stand in it." : "",
    call
      ? `The tool ${call.name} fits this, and its arguments follow from the question.`
      : "I should say it briefly and not add anything that was not asked for.",
    "That is all that is needed, so I can answer now.",
  ]
    .filter(Boolean)
    .join(" ");
}
