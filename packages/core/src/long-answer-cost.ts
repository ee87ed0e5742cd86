import { bucketName } from "./account/bucket-name.js";
import type { AccountLook } from "./account/look.js";
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
  /**
   * The expected part of what is left of the tightest window that nobody waits for; above 1 an answer that gets so long ends early
   * (`ended: "budget"`). Absent where nothing is counted so, where nothing is left, and where the ledger could not be asked.
   */
  readonly shareOfLeft?: number;
}

/** Model tokens of the message that asks for the rest, and of what the model repeats of its answer. A prefill needs neither. */
const INSTRUCTION_TOKENS = 90;
const ECHO_TOKENS = 20;
const DAY_MS = 86_400_000;
/** Windows up to this length are waited for. */
const MINUTE_MS = 60_000;

/** Adds up long answers. */
export interface LongAnswerCosts {
  /** @param windows those that bind the call */
  add(plan: PreparedCall, windows: readonly WindowRule[], count?: number): void;
  /** `undefined` where no call can be continued. @param look of the models of the calls; without it, nothing is said of what is left */
  total(unit: CostUnit, look?: AccountLook): LongAnswerCost | undefined;
}

/** What a window is charged for the calls that it binds. */
interface WindowCharge {
  readonly rule: WindowRule;
  readonly model: string;
  amount: number;
}

export function sumLongAnswers(): LongAnswerCosts {
  const sum = { parts: 0, tokens: 0, expected: 0, worst: 0 };
  const charges = new Map<string, WindowCharge>();
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
        if (rule.period.type === "bucket" || lengthMs(rule.period) <= MINUTE_MS) continue;
        const used = rule.meter === "requests" ? parts : expected[rule.meter];
        // Of a window that each model has of its own, only what this one uses counts.
        const key = `${rule.id}\n${bucketName(rule, model)}`;
        const charge = charges.get(key) ?? { rule, model, amount: 0 };
        charge.amount += used * count;
        charges.set(key, charge);
      }
    },
    total({ name }, look) {
      if (sum.parts === 0) return undefined;
      const ofDay = [...charges.values()].flatMap(({ rule, amount }) =>
        lengthMs(rule.period) === DAY_MS ? [amount / rule.limit] : [],
      );
      const ofLeft = look === undefined ? [] : [...charges.values()].flatMap((charge) => shareOfLeft(charge, look));
      const mostOfLeft = Math.max(...ofLeft);
      return {
        ...sum,
        unit: name,
        ...(ofDay.length === 0 ? {} : { shareOfDay: Math.max(...ofDay) }),
        ...(Number.isFinite(mostOfLeft) ? { shareOfLeft: mostOfLeft } : {}),
      };
    },
  };
}

function shareOfLeft({ rule, model, amount }: WindowCharge, look: AccountLook): number[] {
  const window = look.windowsOf(model).find((one) => one.rule.id === rule.id);
  if (window === undefined) return [];
  return [amount / Math.max(0, rule.limit - window.used - window.held)];
}

/** The same as far as it is known without the ledger. */
export function withoutShareOfLeft(cost: LongAnswerCost): LongAnswerCost {
  const { shareOfLeft: _, ...known } = cost;
  return known;
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
