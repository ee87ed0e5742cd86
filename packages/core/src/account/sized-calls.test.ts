import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { CostSize } from "../cost/estimate-cost.js";
import { addSums, costBySize, NO_CALLS, sizedCall } from "./sized-calls.js";

/** gpt-4o's: 10.5 for a token of the prompt, 31.5 for one of the answer. */
const IN = 10.5;
const OUT = 31.5;
const sizeOf = (amount: number): CostSize => ({
  amount,
  rate: IN,
  answer: 150 * OUT,
  answerToken: OUT,
  learns: "answer",
});

/** A call: its prompt by the estimate, the characters of a token, and the tokens of the answer. */
interface Call {
  readonly amount: number;
  readonly density: number;
  readonly answer: number;
}
const lawOf = ({ amount, density, answer }: Call): number => Math.ceil(((amount * 4) / density) * IN + answer * OUT);
const learned = (calls: readonly Call[]) =>
  calls.reduce((sums, call) => addSums(sums, sizedCall(sizeOf(call.amount), lawOf(call)), 1), NO_CALLS);
const foretold = (calls: readonly Call[], amount: number): number => costBySize(sizeOf(amount), learned(calls)) ?? 0;
const HELLO = 6;

describe("a call foretold from others of other sizes", () => {
  test.each([0.5, 1, 2, 4, 4.7, 8])("after one long prompt of %d characters a token", (density) => {
    const calls = [{ amount: 10_000, density, answer: 150 }];
    const hello = lawOf({ amount: HELLO, density: 4, answer: 150 });
    expect(foretold(calls, HELLO)).toBeGreaterThan(hello / 4);
    expect(foretold(calls, HELLO)).toBeLessThan(hello * 4);
    const again = lawOf({ amount: 10_000, density, answer: 150 });
    expect(Math.abs(foretold(calls, 10_000) - again)).toBeLessThan(again / 100);
    const half = lawOf({ amount: 5_000, density, answer: 150 });
    expect(Math.abs(foretold(calls, 5_000) - half)).toBeLessThan(half / 5);
  });

  it("tells dense prompts from long answers where calls have different sizes", () => {
    const dense = [HELLO, 1_000, 10_000].map((amount) => ({ amount, density: 1, answer: 100 }));
    const long = [HELLO, 1_000, 10_000].map((amount) => ({ amount, density: 4, answer: 8_000 }));
    for (const calls of [dense, long]) {
      for (const amount of [HELLO, 300, 3_000, 30_000]) {
        const law = lawOf({ ...(calls[0] as Call), amount });
        expect(foretold(calls, amount) / law).toBeGreaterThan(0.75);
        expect(foretold(calls, amount) / law).toBeLessThan(1.25);
      }
    }
  });

  it("believes a long answer that no prompt explains, though all calls have one size", () => {
    const calls = Array.from({ length: 3 }, () => ({ amount: HELLO, density: 4, answer: 3_000 }));
    expect(foretold(calls, HELLO)).toBe(lawOf(calls[0] as Call));
  });

  const amounts = fc.oneof(fc.integer({ min: 5, max: 100 }), fc.integer({ min: 5, max: 100_000 }));
  const densities = fc.double({ min: 0.5, max: 8, noNaN: true });
  const answers = fc.integer({ min: 1, max: 512 });
  const anyCall = fc.record({ amount: amounts, density: densities, answer: answers });
  const histories = fc.array(anyCall, { minLength: 1, maxLength: 20 });

  it("costs something, and the longer the more, whatever the others were", () => {
    fc.assert(
      fc.property(histories, amounts, amounts, (calls, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        // A prompt of half a token for each that was estimated is the thinnest that there is, and some rates are too high.
        expect(foretold(calls, small)).toBeGreaterThanOrEqual(Math.floor((small * IN) / 8 + OUT));
        expect(foretold(calls, large)).toBeGreaterThanOrEqual(foretold(calls, small));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is within a factor of 128 of what its text costs with an answer as long as the others' mean", () => {
    fc.assert(
      fc.property(histories, densities, amounts, (calls, density, amount) => {
        const alike = calls.map((call) => ({ ...call, density }));
        const answer = alike.reduce((sum, call) => sum + call.answer, 0) / alike.length;
        const ratio = foretold(alike, amount) / lawOf({ amount, density, answer });
        // Prompts of one size can't tell density from length: an eighth may be foretold of eight times the estimate.
        expect(ratio).toBeGreaterThan(1 / 128);
        expect(ratio).toBeLessThan(128);
      }),
      { numRuns: 20_000 },
    );
  });
});
