import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { cutAtStops } from "./cut-at-stops.js";
import { isObject, notTaken, outOfRange, wrongType } from "./field-values.js";

/** A call of a family that gives one answer to a request becomes as many requests. */
export function askSeveralTimes(value: unknown, draft: ChatDraft): undefined {
  const count = readCount("n", value, draft.model);
  if (count === 1) return;
  draft.requests = count;
  adjust(draft, "n", `${count}_requests`);
}

function readCount(field: string, value: unknown, model: string): number {
  if (typeof value !== "number") throw wrongType(field, "a whole number");
  const range = { least: 1, most: 128, whole: true };
  if (!Number.isInteger(value) || value < range.least || value > range.most)
    throw outOfRange(field, value, range, model);
  return value;
}

/** Passes true and false. */
export function readBoolean(field: string): (value: unknown) => boolean {
  return (value) => {
    if (typeof value !== "boolean") throw wrongType(field, "true or false");
    return value;
  };
}

/** OpenAI's own bound. */
const MOST_STOPS = 4;

/** What a family takes of `stop`; the rest is looked for here, in the answer. */
export function readStops(value: unknown, draft: ChatDraft): readonly string[] | undefined {
  const given = typeof value === "string" ? [value] : value;
  if (!Array.isArray(given) || !given.every((stop) => typeof stop === "string")) {
    throw wrongType("stop", "a text, or a list of texts");
  }
  const stops = [...new Set(given)].filter((stop) => stop !== "");
  // Anthropic refuses one of white space alone.
  const takes = draft.dialect === "claude" ? (stop: string) => stop.trim() !== "" : () => true;
  const most = draft.dialect === "openai" ? MOST_STOPS : Number.POSITIVE_INFINITY;
  const sent = stops.filter(takes).slice(0, most);
  const kept = stops.filter((stop) => !sent.includes(stop));
  if (kept.length > 0) {
    draft.transforms.push(cutAtStops(kept));
    adjust(draft, "stop", "applied_here");
  }
  return sent.length === 0 ? undefined : sent;
}

/** The least and the greatest bias mean never and always. */
const BIAS = 100;

export function readLogitBias(value: unknown): unknown {
  if (!isObject(value) || !Object.values(value).every((bias) => typeof bias === "number" && Math.abs(bias) <= BIAS)) {
    throw wrongType("logit_bias", "an object of numbers from -100 to 100");
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
      `"reasoning_effort" is ${quote(String(value))}, but must be one of ${EFFORTS.join(", ")}.`,
      { param: "reasoning_effort" },
    );
  }
  const nearest = ["none", "minimal"].includes(value) ? "low" : ["xhigh", "max"].includes(value) ? "high" : value;
  if (nearest !== value) adjust(draft, "reasoning_effort", nearest, "changes-answer");
  return nearest;
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
