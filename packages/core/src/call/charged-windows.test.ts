import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateAnswered } from "../cost/estimate-cost.js";
import { amountOf, type CallUse } from "../cost/meter.js";
import type { ToldUse } from "../cost/read-usage.js";
import { createTestContext, plan as planOf, start } from "../testing/call.js";
import { ask, rejection } from "../testing/engine.js";
import { DAY_MS, NOON, storesToTest, type TestClock } from "../testing/ledger.js";
import { errorBody, eventStream } from "../testing/server.js";
import { windowRule } from "../testing/tier.js";
import type { WindowRule } from "../tier/tier.js";
import { TransportError } from "../transport/transport.js";
import { answerStream } from "./answer-stream.js";
import { createChatJob } from "./chat-job.js";
import { fetchCompletion } from "./fetch-completion.js";
import { failedTransport } from "./send.js";

const STORES = storesToTest();
/** After it no block and no breaker of these tests is in force, and no slot is kept. */
const PAUSE_MS = 62_000;
const midnightAfter = (at: number): number => (Math.floor(at / DAY_MS) + 1) * DAY_MS;

/** One window of each way to count, over one day. */
const window = (id: string, fields: Partial<WindowRule>): WindowRule =>
  windowRule({ id, limit: 1_000_000, marginMs: 0, ...fields });
const RULES: readonly WindowRule[] = [
  window("cost", {}),
  window("asked_cost", { hold: "asked" }),
  window("requests", { meter: "requests" }),
  window("requests_of_model", { meter: "requests", scope: "model", countFrom: "start" }),
  window("failures", { meter: "requests", countsFailures: true }),
  window("failures_of_model", { meter: "requests", scope: "model", countsFailures: true, countFrom: "start" }),
  window("tokens", { meter: "tokens" }),
  window("kept", { meter: "tokens", hold: "asked", leastAnswer: 1 }),
  window("kept_answers", { meter: "outputTokens", hold: "asked", leastAnswer: 1 }),
  window("refunded", { meter: "tokens", hold: "asked", refund: true, leastAnswer: 1 }),
  window("refunded_from_start", {
    meter: "tokens",
    hold: "asked",
    refund: true,
    leastAnswer: 1,
    countFrom: "start",
  }),
  window("input", { meter: "inputTokens", countFrom: "end" }),
  window("output", { meter: "outputTokens" }),
  window("not_on_tier", { meter: "tokens", scope: "model", models: ["gpt-4o"], limit: 0 }),
];

type Ending =
  | {
      readonly kind: "answered";
      readonly usage: readonly [number, number] | null;
      readonly meta: boolean;
      readonly stream: boolean;
    }
  | { readonly kind: "refused"; readonly how: "status" | "body" | "stream" }
  | { readonly kind: "uncertain"; readonly how: "page" | "broken" }
  | { readonly kind: "aborted" }
  | { readonly kind: "limited"; readonly how: "quota" | "rate" }
  | { readonly kind: "unsent"; readonly how: "connection" | "json" };

interface Call {
  readonly model: string;
  readonly maxTokens: number;
  readonly prompt: number;
  readonly runsMs: number;
  readonly ending: Ending;
  /** What happens to the clock afterwards: a pause, or that and the wait for the last moments of the day. */
  readonly isNewDay: boolean;
}

const ending: fc.Arbitrary<Ending> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("answered" as const),
      usage: fc.option(fc.tuple(fc.nat(400), fc.nat(900))),
      meta: fc.boolean(),
      stream: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant("refused" as const), how: fc.constantFrom("status", "body", "stream") }),
  {
    // Three in a row open the breaker.
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("uncertain" as const), how: fc.constantFrom("page", "broken") }),
  },
  fc.constant({ kind: "aborted" as const }),
  fc.record({ kind: fc.constant("limited" as const), how: fc.constantFrom("quota", "rate") }),
  fc.record({ kind: fc.constant("unsent" as const), how: fc.constantFrom("connection", "json") }),
) as fc.Arbitrary<Ending>;

const call: fc.Arbitrary<Call> = fc.record({
  model: fc.constantFrom("gpt-4o-mini", "gpt-4o-mini", "gpt-4", "gpt-4o"),
  maxTokens: fc.integer({ min: 1, max: 700 }),
  prompt: fc.nat(300),
  runsMs: fc.nat(20_000),
  ending,
  isNewDay: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
});

/** Limits that some sequences reach, and others don't. */
const limits: fc.Arbitrary<Readonly<Record<string, number>>> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.record(
    {
      failures: fc.integer({ min: 3, max: 12 }),
      requests_of_model: fc.integer({ min: 3, max: 8 }),
      kept: fc.integer({ min: 2_000, max: 8_000 }),
      refunded: fc.integer({ min: 2_000, max: 8_000 }),
      tokens: fc.integer({ min: 1_000, max: 6_000 }),
    },
    { requiredKeys: [] },
  ),
);

const CONTENT = "a few words";
const useTold = ({ usage, meta }: Extract<Ending, { kind: "answered" }>): ToldUse => {
  if (usage === null) return {};
  const [inputTokens, outputTokens] = usage;
  const tokens = inputTokens + outputTokens;
  return meta ? { credits: 3 * tokens, tokens, inputTokens, outputTokens } : { credits: tokens };
};
function usageFields({ usage, meta }: Extract<Ending, { kind: "answered" }>): object {
  if (usage === null) return {};
  const [prompt_tokens, completion_tokens] = usage;
  const total_tokens = prompt_tokens + completion_tokens;
  return {
    usage: { prompt_tokens, completion_tokens, total_tokens },
    ...(meta ? { meta: { usage: { tokens_used: 3 * total_tokens } } } : {}),
  };
}

/** The body of a whole answer. */
const wholeBody = (ending: Extract<Ending, { kind: "answered" }>): string =>
  JSON.stringify({ choices: [{ message: { role: "assistant", content: CONTENT } }], ...usageFields(ending) });

function respond(ending: Ending): Response {
  switch (ending.kind) {
    case "answered": {
      if (!ending.stream) return new Response(wholeBody(ending));
      const chunk = { choices: [{ index: 0, delta: { content: CONTENT }, finish_reason: "stop" }] };
      return new Response(eventStream(chunk, { choices: [], ...usageFields(ending) }, "[DONE]"));
    }
    case "refused":
      if (ending.how === "stream") return new Response(eventStream({ error: { message: "no" } }));
      return new Response(errorBody(500, "no"), { status: ending.how === "status" ? 500 : 200 });
    case "limited":
      return new Response("{}", { status: 429, headers: { "retry-after": ending.how === "quota" ? "61" : "1" } });
    case "uncertain":
      if (ending.how === "page") return new Response("<html></html>", { status: 502 });
      throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } });
    case "unsent":
      throw Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
    case "aborted":
      throw new Error("is not asked for");
  }
}

/** What windows were charged, as their rules' documentation has it: rows, and sums over the day. */
function createModel(rules: readonly WindowRule[]) {
  const rows: { readonly rule: string; readonly model: string; readonly at: number; readonly amount: number }[] = [];
  let failuresInRow = 0;
  /** What a model's server was seen to add to these short prompts, beyond what they were taken for at most. */
  const added: Map<string, number> = new Map();
  const used = (rule: WindowRule, model: string, now: number): number => {
    const today = midnightAfter(now) - DAY_MS;
    const counted = rows.filter((row) => row.rule === rule.id && row.at >= today);
    const ofModel = counted.filter((row) => rule.scope !== "model" || row.model === model);
    return ofModel.reduce((sum, { amount }) => sum + amount, 0);
  };
  return {
    used,
    /** The most that a call may use, by what is known. */
    worstOf(model: string, worst: CallUse): CallUse {
      const more = added.get(model) ?? 0;
      return { ...worst, inputTokens: worst.inputTokens + more, tokens: worst.tokens + more };
    },
    hear(model: string, { inputTokens: told = 0 }: Partial<CallUse>, held: CallUse): void {
      if (told > held.inputTokens) added.set(model, (added.get(model) ?? 0) + told - held.inputTokens);
    },
    holds: (rule: WindowRule, worst: CallUse, usual: CallUse) =>
      amountOf(rule.meter, rule.hold === "asked" ? worst : usual),
    isAdmitted: (model: string, worst: CallUse, now: number) =>
      rules.every((rule) => {
        if (rule.hold === "asked") return used(rule, model, now) + amountOf(rule.meter, worst) <= rule.limit;
        return used(rule, model, now) < rule.limit;
      }),
    /** @param use what it used: nothing if it was free */
    end(
      ending: Ending,
      {
        model,
        worst,
        use,
        begunAt,
        now,
      }: { model: string; worst: CallUse; use: CallUse; begunAt: number; now: number },
    ): void {
      if (ending.kind === "unsent" || ending.kind === "limited") return;
      // The breaker's try is free unless it is answered.
      const isFree = ending.kind === "refused" || (ending.kind === "uncertain" && failuresInRow >= 3);
      if (ending.kind === "uncertain") failuresInRow += 1;
      if (ending.kind === "answered") failuresInRow = 0;
      for (const rule of rules) {
        const isKept = rule.hold === "asked" && rule.refund !== true;
        const full = Math.max(amountOf(rule.meter, use), isKept ? amountOf(rule.meter, worst) : 0);
        const amount = isFree ? (rule.countsFailures === true ? 1 : 0) : full;
        rows.push({ rule: rule.id, model, at: rule.countFrom === "start" ? begunAt : now, amount });
      }
    },
  };
}

describe.each(Object.entries(STORES))("with the ledger %s", (ledger, openStore) => {
  it("each window has been charged what its rule says, after any calls however they ended", async () => {
    await fc.assert(
      fc.asyncProperty(limits, fc.array(call, { minLength: 1, maxLength: 16, size: "max" }), async (limited, calls) => {
        const clock: TestClock = { at: NOON };
        const store = await openStore(clock);
        const rules = RULES.map((rule) => ({ ...rule, limit: limited[rule.id] ?? rule.limit }));
        let answering: Ending = { kind: "aborted" };
        let runsMs = 0;
        const { context } = createTestContext({
          now: () => clock.at,
          ledger: store,
          patienceMs: 0,
          tier: { name: "own", title: "Own", rules },
          fetch: async () => {
            clock.at += runsMs;
            return respond(answering);
          },
        });
        const counting = rules.filter(({ limit }) => limit > 0);
        const model = createModel(counting);
        const check = async (name: string): Promise<void> => {
          const look = await context.account.look([name]);
          const found = look.windowsOf(name).map(({ rule, used, held }) => [rule.id, used, held]);
          expect(found).toEqual(counting.map((rule) => [rule.id, model.used(rule, name, clock.at), 0]));
        };

        for (const { model: name, maxTokens, prompt, ending, ...time } of calls) {
          const stream =
            (ending.kind === "answered" && ending.stream) || (ending.kind === "refused" && ending.how === "stream");
          const body = ask("x".repeat(prompt), { model: name, max_tokens: maxTokens, ...(stream ? { stream } : {}) });
          answering = ending;
          runsMs = time.runsMs;
          const begun = start(context, body);
          if (name === "gpt-4o") {
            expect(await rejection(begun)).toMatchObject({ code: "model_not_on_tier", rule: "not_on_tier" });
            continue;
          }
          const started = await begun.catch((error: unknown) => error as { code: string; plan?: undefined });
          if (started.plan === undefined) {
            const { estimate } = planOf(context, body);
            // In the day's last minute it is worth waiting for the next.
            expect(started.code).toBe(midnightAfter(clock.at) - clock.at <= 60_000 ? "rate_limited" : "daily_quota");
            expect(model.isAdmitted(name, model.worstOf(name, estimate.worst), clock.at)).toBe(false);
            clock.at += PAUSE_MS;
            continue;
          }
          const { plan, reservation } = started;
          const { expected } = plan.estimate;
          const worst = model.worstOf(name, plan.estimate.worst);
          const begunAt = clock.at;
          expect(model.isAdmitted(name, worst, begunAt)).toBe(true);
          for (const { rule, used, held } of (await context.account.look([name])).windowsOf(name)) {
            // What is usual of API tokens is learned.
            if (rule.id === "cost") continue;
            const taken = model.used(rule, name, begunAt) + model.holds(rule, worst, expected);
            // What counts from the start is charged then, and corrected in the end.
            expect([rule.id, used + held]).toEqual([rule.id, taken]);
          }

          if (ending.kind === "aborted") {
            clock.at += runsMs;
            await failedTransport(context, plan, reservation, new TransportError("aborted", "left"));
          } else if (stream) {
            const { done } = await answerStream(
              context,
              plan,
              createChatJob(context, [plan]),
              (chunk) => chunk,
              async () => reservation,
            );
            await done.catch(() => {});
          } else {
            const self: Record<string, unknown> = { ...started.body };
            if (ending.kind === "unsent" && ending.how === "json") self.self = self;
            const answer = fetchCompletion(context, plan, self, reservation);
            if (ending.kind === "answered") await answer;
            else await rejection(answer);
          }
          const characters = ending.kind === "answered" ? CONTENT.length : 0;
          const told = ending.kind === "answered" ? useTold(ending) : {};
          const use = { ...estimateAnswered(plan.estimate, characters), ...told };
          model.end(ending, { model: name, worst, use, begunAt, now: clock.at });
          if (told.credits !== undefined) model.hear(name, told, worst);
          await check(name);
          clock.at += PAUSE_MS;
          if (time.isNewDay) clock.at = midnightAfter(clock.at) - 10_000;
          await check(name);
        }
      }),
      // The stores themselves are held alike by a test of their own.
      { numRuns: ledger === "memory" ? 100 : 25 },
    );
  });
});
