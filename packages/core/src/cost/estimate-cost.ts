import type { InputOutput, Model } from "../catalog/model.js";
import type { Provider, UnknownRates } from "../provider/provider.js";
import type { ReadRequest } from "../request/read-request.js";
import { promptTexts } from "../request/text-of.js";
import { type CallUse, type TokenMeter, useBy } from "./meter.js";
import { type CostBasis, rateBasis, ratesOf } from "./rates.js";
import type { ToldUse } from "./read-usage.js";
import { isSampleChat, SAMPLE_TOKENS } from "./sample-call.js";

/** What a call may use, before anything is known of its answer. */
export interface CostEstimate {
  /** With a usual answer. */
  readonly expected: CallUse;
  /** With an answer as long as the limit allows. */
  readonly worst: CallUse;
  /** What settled calls are compared by. Absent: their mean is all that is known. */
  readonly size?: CostSize;
  /** Cost of a token of the answer. @default 0 */
  readonly outputRate?: number;
  /** What the expected cost rests on. @default "assumed" */
  readonly basis?: Exclude<CostBasis, "settled">;
}

/** What the cost of a call grows with. */
export interface CostSize {
  /** Model tokens of the prompt, or images. */
  readonly amount: number;
  /** What each is taken to cost. */
  readonly rate: number;
  /** What a usual answer is taken to cost. */
  readonly answer: number;
  /** Cost of a token of the answer, the least that one costs. @default 0 */
  readonly answerToken?: number;
  /** What settled calls teach: what answers cost beside the prompt, or, where the rates themselves are a guess, by how much all of it is wrong. */
  readonly learns: "answer" | "ratio";
}

const USUAL_ANSWER_TOKENS = 150;
/** The longest answer where nobody sets a limit. */
const UNLIMITED_ANSWER_TOKENS = 4_096;
const TOKENS_PER_MESSAGE = 4;

/** What an estimate needs of the provider. */
export type PricedProvider = Pick<Provider, "unit" | "unknownRates">;

/**
 * Estimates a request: the one figure that lists, checks, plans and the account start from. `expected` takes four characters for a token,
 * `worst` two. Pure.
 */
export function estimateCost(
  request: ReadRequest,
  model: Model | undefined,
  maxOutputTokens: number | undefined,
  provider: PricedProvider,
): CostEstimate {
  const { endpoint } = request;
  const { unknownRates } = provider;
  const basis = rateBasis(model, endpoint, provider);
  if (endpoint === "image") return estimateImages(request, unknownRates.image);
  const rates = ratesOf(model, endpoint, unknownRates);
  const longest = endpoint === "chat" ? (maxOutputTokens ?? UNLIMITED_ANSWER_TOKENS) : 0;
  const sample = isSampleChat(request) ? sampleUse(model, rates) : undefined;
  const told = promptTokens(request);
  const prompt = sample === undefined ? told : { expected: sample.input, worst: Math.max(sample.input, told.worst) };
  const answers = answersOf(request);
  const answer = answers * Math.min(longest, sample?.output ?? USUAL_ANSWER_TOKENS);
  const published = sample !== undefined && longest >= sample.output ? sample.cost : undefined;
  const use = (input: number, output: number): CallUse => useOfTokens({ input, output }, rates);
  const expected = use(prompt.expected, answer);
  return {
    expected: published === undefined ? expected : { ...expected, credits: published },
    worst: use(prompt.worst, answers * longest),
    size: {
      amount: prompt.expected,
      rate: rates.input,
      answer: answer * rates.output,
      answerToken: rates.output,
      learns: endpoint === "chat" && basis !== "assumed" ? "answer" : "ratio",
    },
    outputRate: rates.output,
    basis: published === undefined ? basis : "published",
  };
}

/** What an image costs depends on nothing that is known. Its prompt is counted as everywhere. */
function estimateImages(request: ReadRequest, each: number): CostEstimate {
  const amount = request.images?.count ?? 1;
  const prompt = promptTokens(request);
  const use = (tokens: number): CallUse => {
    const input = Math.ceil(tokens);
    return { credits: each * amount, tokens: input, inputTokens: input, outputTokens: 0 };
  };
  return {
    expected: use(prompt.expected),
    worst: use(prompt.worst),
    size: { amount, rate: each, answer: 0, learns: "ratio" },
    basis: "assumed",
  };
}

/** Tokens of a model's sample call, and what it is published to cost. */
function sampleUse(model: Model | undefined, rates: InputOutput): InputOutput & { readonly cost: number | undefined } {
  const { input } = SAMPLE_TOKENS;
  const hello = model?.hello;
  if (hello === undefined) return { ...SAMPLE_TOKENS, cost: undefined };
  // Of a model that thinks first the answer is longer than what is seen of it.
  const output = rates.output === 0 ? SAMPLE_TOKENS.output : Math.round(hello.output / rates.output);
  return { input, output, cost: hello.input + hello.output };
}

/** What so many model tokens use, at these rates. */
export function useOfTokens({ input, output }: InputOutput, rates: InputOutput): CallUse {
  return useBy((meter) => {
    const weights = weightsOf(meter, rates);
    return Math.ceil(input * weights.input + output * weights.output);
  });
}

/** What a meter counts of each model token. */
function weightsOf(meter: TokenMeter, rates: InputOutput): InputOutput {
  switch (meter) {
    case "credits":
      return rates;
    case "tokens":
      return { input: 1, output: 1 };
    case "inputTokens":
      return { input: 1, output: 0 };
    case "outputTokens":
      return { input: 0, output: 1 };
  }
}

/**
 * How long each answer of a chat may be, in model tokens, if the worst that the request uses of a meter must stay within a limit.
 * Infinity where the meter counts no answers; negative where the prompt alone is too much.
 */
export function answerRoom(
  request: ReadRequest,
  model: Model | undefined,
  {
    meter,
    limit,
    unknownRates,
  }: { readonly meter: TokenMeter; readonly limit: number; readonly unknownRates: UnknownRates },
): number {
  const { input, output } = weightsOf(meter, ratesOf(model, request.endpoint, unknownRates));
  const worst = promptTokens(request).worst;
  const prompt = isSampleChat(request) ? Math.max(SAMPLE_TOKENS.input, worst) : worst;
  const rest = limit - Math.ceil(prompt * input);
  if (rest < 0) return rest;
  return output === 0 ? Number.POSITIVE_INFINITY : Math.floor(rest / (answersOf(request) * output));
}

/** Model tokens that a prompt may have. */
export function promptTokens(request: ReadRequest): { readonly expected: number; readonly worst: number } {
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
export function shareOf(estimate: CostEstimate, requests: number): CostEstimate {
  if (requests === 1) return estimate;
  const { expected, worst, size } = estimate;
  const share = (use: CallUse): CallUse => useBy((meter) => Math.ceil(use[meter] / requests));
  return {
    ...estimate,
    expected: share(expected),
    worst: share(worst),
    ...(size && { size: { ...size, amount: size.amount / requests, answer: size.answer / requests } }),
  };
}

/** The cost of an answer that told its model tokens alone. `undefined` where it did not tell both sides, and for images. */
export function costOfTold(
  { size, outputRate }: CostEstimate,
  { tokens, inputTokens, outputTokens }: ToldUse,
): number | undefined {
  if (size === undefined || outputRate === undefined) return undefined;
  // An embedding has no answer of its own.
  const output = outputTokens ?? (outputRate === 0 ? 0 : rest(tokens, inputTokens));
  const input = inputTokens ?? rest(tokens, output);
  if (input === undefined || output === undefined) return undefined;
  return Math.ceil(input * size.rate + output * outputRate);
}

function rest(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined ? undefined : Math.max(0, total - part);
}

/**
 * An upper estimate of a call whose answer told nothing of a meter, from the characters that came.
 *
 * @param leastTokens the model is known to have written so many, thoughts that nobody sees among them
 */
export function estimateAnswered(
  { expected, worst, outputRate = 0 }: CostEstimate,
  answerCharacters: number,
  leastTokens = 0,
): CallUse {
  const rates: InputOutput = { input: 0, output: outputRate };
  return useBy((meter) => {
    const output = Math.max(answerCharacters / 2, leastTokens) * weightsOf(meter, rates).output;
    return Math.min(Math.ceil(expected[meter] + output), Math.max(worst[meter], expected[meter]));
  });
}
