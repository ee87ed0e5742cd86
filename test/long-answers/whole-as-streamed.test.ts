import { expect, it } from "vitest";
import { FAMILIES } from "../open-roomy.ts";
import { askLong, type LongAnswer } from "./ask-long.ts";
import { HABITS } from "./habits.ts";
import { KINDS, longTask } from "./kinds.ts";
import { openLong } from "./open-long.ts";

/** What a caller can tell two answers apart by. The id of an answer is the server's. */
function comparable({ text, calls, finishReason, ended, report }: LongAnswer) {
  const { parts = [], truncatedByTier } = report;
  return { text, calls, finishReason, ended, seams: parts.map(({ seam }) => seam), truncatedByTier };
}

const TORN = ["whole", "replaced", "half"] as const;

it.each(HABITS)(
  "an answer is the same whole and streamed, of a model that, asked to go on: $name",
  async ({ habit }) => {
    const { sandbox, laplas } = await openLong();
    for (const [place, kind] of KINDS.entries()) {
      const task = longTask(kind, FAMILIES.openai, `Write ${kind}.`, place + 1, 1_100);
      sandbox.write(
        { ...task.draft, habit: habit(3 * place + 5), jitter: 60, torn: TORN[place % 3] ?? "whole" },
        { times: 2 },
      );
      const whole = await askLong(laplas, task.request);
      const streamed = await askLong(laplas, task.request, { stream: true });
      expect(comparable(streamed), kind).toEqual(comparable(whole));
      expect(streamed.report.apiTokens, kind).toBe(whole.report.apiTokens);
      expect(streamed.usage, kind).toEqual(whole.usage);
      expect(whole.parts, kind).toBeGreaterThan(1);
    }
  },
);

it.each(Object.entries(FAMILIES))("an answer is the same whole and streamed, of the family %s", async (_, model) => {
  const { sandbox, laplas } = await openLong();
  for (const [place, kind] of KINDS.entries()) {
    const task = longTask(kind, model, `Write ${kind}.`, place + 1, 1_100);
    sandbox.write({ ...task.draft, jitter: 60, torn: TORN[place % 3] ?? "whole" }, { times: 2 });
    const whole = await askLong(laplas, task.request);
    const streamed = await askLong(laplas, task.request, { stream: true });
    expect(comparable(streamed), kind).toEqual(comparable(whole));
    expect(task.read(whole), kind).toBe(task.text);
  }
});
