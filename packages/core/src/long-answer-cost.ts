import { bucketName } from "./account/bucket-name.js";
import { isContinued } from "./call/is-continued.js";
import { accountCall, type PreparedCall } from "./call/prepared-call.js";
import type { ChatModel } from "./catalog/model.js";
import { useOfTokens } from "./cost/estimate-cost.js";
import type { CallUse, CostUnit } from "./cost/meter.js";
import { lengthMs } from "./tier/period.js";
import type { WindowRule } from "./tier/tier.js";

/** What calls cost whose answers are as long as they may be, put together from several requests each. */
export interface LongAnswerCost {
  /** Requests, at most: each further one reads the prompt again, and the answer so far. */
  readonly parts: number;
  /** Model tokens of the answers, at most. */
  readonly tokens: number;
  /** What they cost together, in the provider's unit, and the most, where a token has but two characters of the prompt. */
  readonly expected: number;
  readonly worst: number;
  /** What is counted, in words, for more than one: `API tokens`. */
  readonly unit: string;
  /** The expected part of the tightest window of a day; 1 is all of it. Absent where the tier counts nothing by the day. */
  readonly shareOfDay?: number;
}

/** Model tokens of the message that asks for the rest, and of what the model repeats of its answer. A prefill needs neither. */
const INSTRUCTION_TOKENS = 90;
const ECHO_TOKENS = 20;
const DAY_MS = 86_400_000;

/** Adds up long answers. */
export interface LongAnswerCosts {
  /** @param windows those that bind the call */
  add(plan: PreparedCall, windows: readonly WindowRule[], count?: number): void;
  /** `undefined` where no call can be continued. */
  total(unit: CostUnit): LongAnswerCost | undefined;
}

export function sumLongAnswers(): LongAnswerCosts {
  const sum = { parts: 0, tokens: 0, expected: 0, worst: 0 };
  const shares = new Map<string, number>();
  return {
    add(plan, windows, count = 1) {
      const long = longAnswerOf(plan);
      if (long === undefined) return;
      const { parts, tokens, expected, worst } = long;
      sum.parts += parts * count;
      sum.tokens += tokens * count;
      sum.expected += expected.credits * count;
      sum.worst += worst.credits * count;
      const { model } = accountCall(plan);
      for (const rule of windows) {
        if (rule.period.type === "bucket" || lengthMs(rule.period) !== DAY_MS) continue;
        const used = rule.meter === "requests" ? parts : expected[rule.meter];
        // Of a window that each model has of its own, only what this one uses counts.
        const key = `${rule.id}\n${bucketName(rule, model)}`;
        shares.set(key, (shares.get(key) ?? 0) + (used * count) / rule.limit);
      }
    },
    total({ name }) {
      if (sum.parts === 0) return undefined;
      return { ...sum, unit: name, ...(shares.size === 0 ? {} : { shareOfDay: Math.max(...shares.values()) }) };
    },
  };
}

interface LongAnswer {
  readonly parts: number;
  readonly tokens: number;
  readonly expected: CallUse;
  readonly worst: CallUse;
}

/** A call whose answer is as long as the caller asks for, or else as long as its follow-ups allow. */
function longAnswerOf(plan: PreparedCall): LongAnswer | undefined {
  const { request, found, adapted, limits, estimate, continueAtCap } = plan;
  const { maxOutputTokens: cap } = limits;
  if (cap === undefined || estimate.size === undefined || !isContinued(plan)) return undefined;
  const isPrefilled = (found.model as ChatModel | undefined)?.capabilities.prefill !== undefined;
  const [instruction, echo] = isPrefilled ? [0, 0] : [INSTRUCTION_TOKENS, ECHO_TOKENS];
  const each = Math.max(1, cap - echo);
  const wanted = request.maxOutputTokens;
  const followUps = wanted === undefined ? continueAtCap : Math.min(continueAtCap, Math.ceil((wanted - cap) / each));
  const tokens = Math.min(wanted ?? Number.POSITIVE_INFINITY, cap + followUps * each);
  const { n } = request.body;
  const choices = typeof n === "number" ? n : 1;
  const requests = adapted.parts.length;
  // What follow-ups read beside the prompt: the answer so far, which grows by as much each time.
  const read = followUps * (instruction + cap) + (each * followUps * (followUps - 1)) / 2;
  const rates = { input: estimate.size.rate, output: estimate.outputRate ?? 0 };
  const use = (prompt: number): CallUse => {
    const input = prompt * (requests + choices * followUps) + choices * read;
    return useOfTokens({ input, output: choices * (tokens + followUps * echo) }, rates);
  };
  return {
    parts: requests + choices * followUps,
    tokens: choices * tokens,
    expected: use(estimate.size.amount),
    worst: use(estimate.worst.inputTokens),
  };
}
