import type { Dialect } from "../catalog/model.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { adjust, type ChatDraft, sendsExtras } from "./chat-draft.js";
import { cutAtStops } from "./cut-at-stops.js";
import { isObject, notTaken, requireIn, shown, wrongType } from "./field-values.js";

/** A call of a family that gives one answer to a request becomes as many requests. */
export function askSeveralTimes(value: unknown, draft: ChatDraft): undefined {
  const count = requireIn("n", value, { least: 1, most: 128, whole: true }, draft.model);
  if (count === 1) return;
  draft.requests = count;

  adjust(draft, "n", `${count}_requests`);
}

/** Passes true and false. */
export function readBoolean(field: string): (value: unknown) => boolean {
  return (value) => {
    if (typeof value !== "boolean") throw wrongType(field, "true or false");
    return value;
  };
}

/** Texts that a family takes as `stop`, by its published schema or its vendor's own bound. */
const MOST_STOPS: Readonly<Record<Dialect, number>> = {
  openai: 4,
  together: Number.POSITIVE_INFINITY,
  minimax: 0,
  gemini: 5,
  claude: Number.POSITIVE_INFINITY,
};

/** What a family takes of `stop`; the rest is looked for here, in the answer. */
export function readStops(value: unknown, draft: ChatDraft): readonly string[] | undefined {
  const given = typeof value === "string" ? [value] : value;
  if (!Array.isArray(given) || !given.every((stop) => typeof stop === "string")) {
    throw wrongType("stop", "a text, or a list of texts");
  }
  const stops = [...new Set(given)].filter((stop) => stop !== "");
  // Anthropic refuses one of white space alone.
  const takes = draft.dialect === "claude" ? (stop: string) => stop.trim() !== "" : () => true;
  const sent = stops.filter(takes).slice(0, MOST_STOPS[draft.dialect]);
  const kept = stops.filter((stop) => !sent.includes(stop));
  if (kept.length > 0) {
    // First of all: a stop ends what the model says, and not the arguments of a tool of ours.
    draft.transforms.unshift(cutAtStops(kept));
    adjust(draft, "stop", "applied_here");
  }
  return sent.length === 0 ? undefined : sent;
}

/** The least and the greatest bias mean never and always. */
const BIAS = 100;

export function readLogitBias(value: unknown): unknown {
  const isBias = (token: string, bias: unknown) =>
    /^\d+$/.test(token) && typeof bias === "number" && Math.abs(bias) <= BIAS;
  if (!isObject(value) || !Object.entries(value).every(([token, bias]) => isBias(token, bias))) {
    throw wrongType("logit_bias", "an object of token ids and numbers from -100 to 100");
  }
  return value;
}

/** A bias is a preference, unless it forbids or demands a token. */
export function refuseNeverAndAlways(value: unknown, draft: ChatDraft): undefined {
  const bias = readLogitBias(value) as Record<string, number>;
  if (Object.values(bias).some((amount) => Math.abs(amount) === BIAS)) throw notTaken("logit_bias", draft.model);
  if (Object.keys(bias).length > 0) adjust(draft, "logit_bias", "removed", "changes-answer");
}

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** The shape of 2025-04-16 knows three. */
export function nearestEffort(value: unknown, draft: ChatDraft): string {
  if (typeof value !== "string" || !EFFORTS.includes(value)) {
    throw new FatalUpstreamError(
      "invalid_request",
      `"reasoning_effort" is ${shown(value)}, but must be one of ${EFFORTS.join(", ")}.`,
      { param: "reasoning_effort" },
    );
  }
  const nearest = ["none", "minimal"].includes(value) ? "low" : ["xhigh", "max"].includes(value) ? "high" : value;
  if (nearest !== value) adjust(draft, "reasoning_effort", nearest, "changes-answer");
  return nearest;
}

/** OpenRouter's words for the effort, which is read after it. */
export function moveEffort(value: unknown, draft: ChatDraft): undefined {
  const effort = isObject(value) ? value.effort : undefined;
  if (typeof effort === "string" && draft.rest.reasoning_effort == null) draft.rest.reasoning_effort = effort;
  else adjust(draft, "reasoning", "removed", "changes-answer");
}

/** Only beside `logprobs`. */
export function readTopLogprobs(value: unknown, draft: ChatDraft): unknown {
  const count = requireIn("top_logprobs", value, { least: 0, most: 20, whole: true }, draft.model);
  if (draft.fields.logprobs === true || sendsExtras(draft)) return count;
  if (count === 0) return undefined;
  throw new FatalUpstreamError("invalid_request", '"top_logprobs" needs "logprobs": true beside it.', {
    param: "top_logprobs",
  });
}

/** The published schema knows thinking that is enabled, and its absence. */
export function isNoThinking(value: unknown): boolean {
  return isObject(value) && value.type === "disabled";
}

/** Anthropic's least. */
const LEAST_THINKING_TOKENS = 1_024;

/**
 * Thinking counts as output: where the limit leaves no room for the least there is, the model answers at once. So it does where a call is
 * demanded, which Claude refuses while it thinks.
 */
export function readThinking(value: unknown, draft: ChatDraft): unknown {
  if (!isObject(value)) throw wrongType("thinking", "an object");
  if (isNoThinking(value)) return undefined;
  const { budget_tokens: budget } = value;
  const most = draft.limits.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const { tool_choice: choice } = draft.fields;
  const isForced = choice === "required" || isObject(choice);
  const fits = value.type === "enabled" && !isForced && typeof budget === "number" && Number.isInteger(budget);
  if (fits && budget >= LEAST_THINKING_TOKENS && budget < most) return { type: "enabled", budget_tokens: budget };
  adjust(draft, "thinking", "removed", "changes-answer");
  return undefined;
}

/** Anthropic's `metadata` has one field. */
export function keepUserId(value: unknown, draft: ChatDraft): unknown {
  if (!isObject(value)) throw wrongType("metadata", "an object");
  const { user_id: id, ...others } = value;
  const isKept = typeof id === "string";
  if (Object.keys(others).length > 0 || !isKept) adjust(draft, "metadata", isKept ? "user_id_only" : "removed");
  return isKept ? { user_id: id } : undefined;
}
