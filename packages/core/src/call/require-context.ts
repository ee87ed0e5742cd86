import type { EmbeddingModel, Model } from "../catalog/model.js";
import { promptTokens } from "../cost/estimate-cost.js";
import { tokensBeyond } from "../cost/least-tokens.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ReadRequest } from "../request/read-request.js";
import { conversationTexts, writtenTexts } from "../request/text-of.js";

/** Fields that the model reads beside the messages. */
const OFFERS = ["tools", "functions", "response_format"] as const;

/**
 * Refuses a prompt with what it offers, or one text of an embedding, that even by a low estimate is longer than its model's context. Of an id that is only sent,
 * and of a model whose context nobody states, the server decides. No answer counts: what is left beside it may be enough for an answer.
 *
 * @throws FatalUpstreamError `context_length`
 */
export function requireContext(request: ReadRequest, model: Model | undefined): void {
  const limit = model?.contextTokens;
  if (model === undefined || limit === undefined || request.endpoint === "image") return;
  if (request.endpoint === "chat") {
    const least = tokensBeyond(writtenTexts(request), limit);
    if (least === undefined) return;
    const isPromptAlone = tokensBeyond(conversationTexts(request), limit) !== undefined;
    const offered = isPromptAlone
      ? undefined
      : OFFERS.find((field) => (request.body[field] ?? undefined) !== undefined);
    const what = offered === undefined ? "The prompt" : `The prompt with its "${offered}"`;
    throw tooLong(what, { least, limit, model: model.id, param: offered ?? "messages" });
  }
  if (model.modality === "embedding" && isCut(model, request)) return;
  for (const [index, text] of request.texts.entries()) {
    const least = tokensBeyond([text], limit);
    const what = Array.isArray(request.body.input) ? `input[${index}]` : "The input";
    if (least !== undefined) throw tooLong(what, { least, limit, model: model.id, param: "input" });
  }
}

/** Whether a model has room for a prompt, or each text of an embedding, by what it is expected to have of tokens. */
export function isExpectedWithinContext(request: ReadRequest, { contextTokens }: Model): boolean {
  if (contextTokens === undefined) return true;
  if (request.endpoint === "embedding") return request.texts.every((text) => text.length / 4 <= contextTokens);
  return promptTokens(request).expected <= contextTokens;
}

/** Google's models cut what is too long, unless they are told not to. */
function isCut({ embedding }: EmbeddingModel, { body }: ReadRequest): boolean {
  return embedding.parameters.includes("auto_truncate") && body.auto_truncate !== false;
}

function tooLong(
  what: string,
  { least, limit, model, param }: { least: number; limit: number; model: string; param: string },
): FatalUpstreamError {
  const shorten = param === "input" ? "Split it" : "Shorten it";
  return new FatalUpstreamError(
    "context_length",
    `${what} is longer than the model's maximum context length: it has at least ${least} tokens, and ${quote(model)} takes ${limit}. ${shorten}, or take a model with a longer context.`,
    { param },
  );
}
