import { randomUUID } from "node:crypto";
import type { ChatRequest } from "../chat/chat-request.js";
import { type Completion, completionBody } from "../chat/completion-body.js";
import { completionEvents } from "../chat/completion-events.js";
import { cutAnswer, type FinishedAnswer } from "../chat/cut-answer.js";
import type { ChatManner } from "../families/family.js";
import type { Answer } from "../server/job.js";
import type { LoggedRequest } from "../server/request-log.js";
import type { Writer } from "../writing/writer.js";
import type { Preset, PresetModel } from "./preset.js";
import type { CountTokens } from "./preset-tokens.js";

export interface PresetAnswer {
  completionTokens: number;
  content: Answer["content"];
}

export interface AnswerContext {
  preset: Preset;
  model: PresetModel;
  promptTokens: number;
  countTokens: CountTokens;
  writer: Writer;
  now: number;
}

/** What the sandbox says anyway, in the provider's envelope and with its count of tokens. */
export function answerPreset(request: ChatRequest, logged: LoggedRequest, context: AnswerContext): PresetAnswer {
  const { preset, model, promptTokens, countTokens } = context;
  const manner: ChatManner = {
    defaultMaxTokens: preset.defaultMaxTokens,
    stopReason: "stop",
    emptyToolCalls: false,
    continuesPrefill: false,
  };
  const speech = context.writer.speak(request, manner, logged);
  const finished = cutAnswer(speech.answer, { apart: "", shown: false, inline: "" }, request, manner, speech.cutting);
  speech.spoken(finished, "");
  const cap = request.maxTokens ?? preset.defaultMaxTokens;
  const completionTokens = Math.min(countTokens(textOf(finished)), cap) * request.choices;
  const calls = preset.toolCall
    ? finished.toolCalls.map((call) => preset.toolCall?.(call, model) ?? call)
    : finished.toolCalls;
  const completion: Completion = {
    answer: { ...finished, toolCalls: calls },
    usage: {
      promptTokens,
      completionTokens,
      reasoningTokens: 0,
      promptApiTokens: promptTokens,
      completionApiTokens: completionTokens,
      apiTokens: promptTokens + completionTokens,
    },
    usageShape: "usage",
    choices: request.choices,
    emptyToolCalls: false,
    created: Math.floor(context.now / 1000),
    model: model.id,
    fields: preset.answerFields,
  };
  return {
    completionTokens,
    content: request.stream
      ? completionEvents(completion, request.includeUsage || preset.alwaysUsage === true)
      : { kind: "json", body: completionBody(completion) },
  };
}

function textOf({ content, toolCalls }: FinishedAnswer): string {
  return content + toolCalls.map((call) => call.name + call.arguments).join("");
}

/** A stream that begins, and then says that the host has failed; a whole answer is the error alone. */
export function brokenAnswer(content: Answer["content"], error: unknown, model: string): Answer["content"] {
  if (content.kind === "json") return { kind: "json", body: JSON.stringify(error) };
  const failure = {
    id: `gen-${randomUUID()}`,
    object: "chat.completion.chunk",
    model,
    ...(error as object),
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
  };
  return {
    kind: "events",
    count: 3,
    event: (index) => (index < 2 ? content.event(index) : `data: ${JSON.stringify(failure)}\n\n`),
  };
}
