import type { InputOutput, Model } from "../catalog/model.js";
import type { ReadRequest } from "../request/read-request.js";
import { promptTexts } from "../request/text-of.js";

/** What a call may cost, in API tokens, before anything is known of its answer. */
export interface CostEstimate {
  /** A usual answer. */
  readonly expected: number;
  /** An answer as long as the limit allows. */
  readonly worst: number;
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

/** Estimates a request. `expected` takes four characters for a token, `worst` two. Pure. */
export function estimateCost(
  request: ReadRequest,
  model: Model | undefined,
  maxOutputTokens: number | undefined,
): CostEstimate {
  if (request.endpoint === "image") {
    const cost = IMAGE_API_TOKENS * (request.images?.count ?? 1);
    return { expected: cost, worst: cost };
  }
  const rates = ratesOf(model);
  let characters = 0;
  for (const text of promptTexts(request)) characters += text.length;
  const { tools, functions, response_format: format, n } = request.body;
  // The model reads these as well. Written as JSON only where they are: most calls have none.
  for (const extra of [tools, functions, format]) {
    if (typeof extra === "object" && extra !== null) characters += lengthOf(extra);
  }
  const answers = typeof n === "number" && request.endpoint === "chat" ? n : 1;
  const overhead = request.messages.length * TOKENS_PER_MESSAGE;
  const longest = request.endpoint === "chat" ? (maxOutputTokens ?? UNLIMITED_ANSWER_TOKENS) : 0;
  const cost = (input: number, output: number): number => Math.ceil(input * rates.input + output * rates.output);
  return {
    expected: cost(characters / 4 + overhead, answers * Math.min(longest, USUAL_ANSWER_TOKENS)),
    worst: cost(characters / 2 + overhead, answers * longest),
  };
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
  return { expected: Math.ceil(expected / requests), worst: Math.ceil(worst / requests) };
}

/** An upper estimate of a call whose answer told no cost, from the characters that came. */
export function estimateAnswered(estimate: CostEstimate, model: Model | undefined, answerCharacters: number): number {
  const output = (answerCharacters / 2) * ratesOf(model).output;
  return Math.min(Math.ceil(estimate.expected + output), Math.max(estimate.worst, estimate.expected));
}
