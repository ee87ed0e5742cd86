import type { ChatRequest } from "../chat/chat-request.js";
import type { ErrorReply, Preset, PresetModel } from "./preset.js";
import type { Amounts } from "./preset-account.js";
import type { CountTokens } from "./preset-tokens.js";
import { readBody } from "./read-body.js";

/** A chat that only the windows may refuse. */
export interface Chat {
  model: PresetModel;
  request: ChatRequest;
  amounts: Amounts;
}

/** What does not depend on the account's use: the model, the balance, the body, the context size. */
export function readChat(
  body: unknown,
  preset: Preset,
  countTokens: CountTokens,
): Chat | { error: ErrorReply; reason: string } {
  const { words, balanceUsd = 0 } = preset;
  const id = typeof body === "object" && body !== null && "model" in body ? body.model : undefined;
  if (typeof id !== "string") {
    const error = words.invalid([{ kind: "invalid", path: ["model"], message: "model is required" }]);
    return { error, reason: "body" };
  }
  const model = findModel(preset, id);
  if (!model) return { error: words.unknownModel(id), reason: "unknown_model" };
  if (balanceUsd < 0 || (model.price && balanceUsd === 0)) {
    return { error: words.failed(402, "Payment Required"), reason: "payment" };
  }
  const read = readBody(body, preset.strictness, model);
  if ("violations" in read) return { error: words.invalid(read.violations), reason: "body" };
  const { request } = read;
  const promptTokens = countPrompt(request, countTokens);
  const total = promptTokens + (request.maxTokens ?? 0);
  if (total > model.contextTokens) return { error: words.tooLong(model, total), reason: "context_length" };
  return { model, request, amounts: { promptTokens, maxTokens: request.maxTokens } };
}

export function findModel({ models, idPrefix = "" }: Preset, id: string): PresetModel | undefined {
  const bare = id.startsWith(idPrefix) ? id.slice(idPrefix.length) : id;
  return models.find((model) => model.id === bare);
}

/** All of a prompt is one text with one ratio; a message and the request cost a few tokens more. */
function countPrompt({ turns, tools }: ChatRequest, countTokens: CountTokens): number {
  const texts = turns.flatMap(({ text, toolCalls }) => [text, ...toolCalls.map((call) => call.name + call.arguments)]);
  const offered = tools.map((tool) => JSON.stringify(tool));
  return countTokens([...texts, ...offered].join("\n")) + 4 * turns.length + 3;
}
