import type { InputOutput, Model } from "../catalog/model.js";
import type { ReadRequest } from "../request/read-request.js";
import { promptTexts } from "../request/text-of.js";
import { type CallUse, type TokenMeter, useBy } from "./meter.js";

/** What a call may use, before anything is known of its answer. */
export interface CostEstimate {
  /** With a usual answer. */
  readonly expected: CallUse;
  /** With an answer as long as the limit allows. */
  readonly worst: CallUse;
}

/** gpt-4o's rates, for models without a published figure: dear enough not to be surprised often. */
const UNKNOWN_CHAT_RATES: InputOutput = { input: 10.5, output: 31.5 };
/** text-embedding-3-small and -large cost 0.04 and 0.27 API tokens per model token by list price. */
const UNKNOWN_EMBEDDING_RATES: InputOutput = { input: 0.3, output: 0 };
/** An image of unknown price holds the tier's documented bound. */
const IMAGE_API_TOKENS = 512;

/** The published sample call, a user message "Hello", is 8 model tokens in and about 10 out (exact for gpt-4: 504 / 63, 1260 / 126). */
const HELLO_TOKENS: InputOutput = { input: 8, output: 10 };

const USUAL_ANSWER_TOKENS = 150;
/** The longest answer where nobody sets a limit. */
const UNLIMITED_ANSWER_TOKENS = 4_096;
const TOKENS_PER_MESSAGE = 4;

/** API tokens per model token: published, or inferred from the sample call, or assumed. */
export function ratesOf(model: Model | undefined): InputOutput {
  if (model?.rates !== undefined) return model.rates;
  if (model?.hello !== undefined) {
    return { input: model.hello.input / HELLO_TOKENS.input, output: model.hello.output / HELLO_TOKENS.output };
  }
  return model?.modality === "embedding" ? UNKNOWN_EMBEDDING_RATES : UNKNOWN_CHAT_RATES;
}

/** Whether a model's prices are published, or inferred from published figures. */
export function hasKnownRates(model: Model): boolean {
  return model.rates !== undefined || model.hello !== undefined;
}

/** What a meter counts of each model token. */
function weightsOf(meter: TokenMeter, model: Model | undefined): InputOutput {
  switch (meter) {
    case "credits":
      return ratesOf(model);
    case "tokens":
      return { input: 1, output: 1 };
    case "inputTokens":
      return { input: 1, output: 0 };
    case "outputTokens":
      return { input: 0, output: 1 };
  }
}

/** Estimates a request. `expected` takes four characters for a token, `worst` two. Pure. */
export function estimateCost(
  request: ReadRequest,
  model: Model | undefined,
  maxOutputTokens: number | undefined,
): CostEstimate {
  const prompt = promptTokens(request);
  const answers = answersOf(request);
  const longest = request.endpoint === "chat" ? (maxOutputTokens ?? UNLIMITED_ANSWER_TOKENS) : 0;
  const images = request.endpoint === "image" ? IMAGE_API_TOKENS * (request.images?.count ?? 1) : undefined;
  const use = (input: number, output: number): CallUse =>
    useBy((meter) => {
      if (meter === "credits" && images !== undefined) return images;
      const weights = weightsOf(meter, model);
      return Math.ceil(input * weights.input + output * weights.output);
    });
  return {
    expected: use(prompt.expected, answers * Math.min(longest, USUAL_ANSWER_TOKENS)),
    worst: use(prompt.worst, answers * longest),
  };
}

/**
 * How long each answer of a chat may be, in model tokens, if the worst that the request uses of a meter must stay within a limit.
 * Infinity where the meter counts no answers; negative where the prompt alone is too much.
 */
export function answerRoom(request: ReadRequest, model: Model | undefined, meter: TokenMeter, limit: number): number {
  const { input, output } = weightsOf(meter, model);
  const rest = limit - Math.ceil(promptTokens(request).worst * input);
  if (rest < 0) return rest;
  return output === 0 ? Number.POSITIVE_INFINITY : Math.floor(rest / (answersOf(request) * output));
}

/** Model tokens that a prompt may have. */
function promptTokens(request: ReadRequest): { readonly expected: number; readonly worst: number } {
  let characters = 0;
  for (const text of promptTexts(request)) characters += text.length;
  const { tools, functions, response_format: format } = request.body;
  // The model reads these as well. Written as JSON only where they are: most calls have none.
  for (const extra of [tools, functions, format]) {
    if (typeof extra === "object" && extra !== null) characters += lengthOf(extra);
  }
  const overhead = request.messages.length * TOKENS_PER_MESSAGE;
  return { expected: characters / 4 + overhead, worst: characters / 2 + overhead };
}

/** Answers that a request asks for. */
function answersOf({ endpoint, body: { n } }: ReadRequest): number {
  return typeof n === "number" && endpoint === "chat" ? n : 1;
}

/** What JSON can't say is found when the request is written. */
function lengthOf(value: object): number {
  try {
    return JSON.stringify(value).length;
  } catch {
    return 0;
  }
}

/** One request's share of a call that is made in several. */
export function shareOf({ expected, worst }: CostEstimate, requests: number): CostEstimate {
  const share = (use: CallUse): CallUse => useBy((meter) => Math.ceil(use[meter] / requests));
  return { expected: share(expected), worst: share(worst) };
}

/** An upper estimate of a call whose answer told nothing of a meter, from the characters that came. */
export function estimateAnswered(
  { expected, worst }: CostEstimate,
  model: Model | undefined,
  answerCharacters: number,
): CallUse {
  return useBy((meter) => {
    const output = (answerCharacters / 2) * weightsOf(meter, model).output;
    return Math.min(Math.ceil(expected[meter] + output), Math.max(worst[meter], expected[meter]));
  });
}
