import { afterAll, describe, expect, it } from "vitest";
import { type AloneCase, type AloneFigures, runAlone } from "./run-alone.ts";

const BEFORE_MIDNIGHT_IN_LOS_ANGELES = Date.parse("2026-11-20T07:50:00Z");
const everySecond =
  <Failure extends string>(failure: Failure) =>
  (_: unknown, attempt: number): Failure | undefined =>
    attempt % 2 === 1 ? failure : undefined;

/** With the least share of what a perfect client gets. */
const CASES: readonly (AloneCase & { readonly least: number })[] = [
  {
    title: "Groq, prompts of 1,000 tokens",
    preset: "groq",
    model: "openai/gpt-oss-120b",
    characters: 4_000,
    maxTokens: 200,
    least: 0.8,
  },
  {
    title: "Gemini Flash, over midnight in Los Angeles",
    preset: "gemini",
    model: "gemini-2.5-flash",
    characters: 400,
    start: BEFORE_MIDNIGHT_IN_LOS_ANGELES,
    least: 0.95,
  },
  {
    title: "Gemini Flash, in minutes that refill",
    preset: "gemini",
    model: "gemini-2.5-flash",
    characters: 400,
    more: { minute: "bucket" },
    least: 0.95,
  },
  {
    title: "OpenRouter",
    preset: "openrouter",
    model: "openai/gpt-oss-120b:free",
    characters: 400,
    least: 0.95,
  },
];

const figures: (AloneFigures & { readonly title: string })[] = [];
const measure = async (one: AloneCase): Promise<AloneFigures> => {
  const found = await runAlone(one);
  figures.push({ title: one.title, ...found });
  return found;
};

afterAll(() => {
  const rows = figures.map(({ title, passed, perfect, refused, taught, failed }) => {
    const share = perfect === 0 ? "" : `${((100 * passed) / perfect).toFixed(1)} %`;
    return [title, passed, perfect, share, refused.length, taught, failed];
  });
  const table = [["", "passed", "perfect", "share", "refused", "taught", "failed at a host"], ...rows];
  process.stdout.write(`${table.map((row) => row.join(" | ")).join("\n")}\n`);
});

describe("eight callers at one provider for 20 minutes", () => {
  it.each(CASES)("$title: no request is refused, and little is left unused", async (one) => {
    const { passed, perfect, refused, taught } = await measure(one);
    expect(refused).toEqual([]);
    expect(taught).toBe(0);
    expect(passed / perfect).toBeGreaterThanOrEqual(one.least);
    expect(passed).toBeLessThanOrEqual(perfect);
  });

  it.each(["down", "rateLimited", "inside"] as const)(
    "OpenRouter, where every second call fails at its host (%s): its day holds failures too",
    async (failure) => {
      const { passed, perfect, refused, failed } = await measure({
        title: `OpenRouter, every second call fails at its host: ${failure}`,
        preset: "openrouter",
        model: "openai/gpt-oss-120b:free",
        characters: 400,
        more: { hostFails: everySecond(failure) },
      });
      expect(refused).toEqual([]);
      expect([passed, failed]).toEqual([25, 25]);
      expect(perfect).toBe(25);
    },
  );

  it("Mistral with a limit of 0 is asked once, and says so to each caller", async () => {
    const { passed, refused, taught, got } = await measure({
      title: "Mistral, limit 0",
      preset: "mistral",
      model: "mistral-small-latest",
      characters: 400,
      more: { limitZero: true },
    });
    expect([passed, taught, refused]).toEqual([0, 1, []]);
    expect(new Set(got.errors.map(({ error }) => error.code))).toEqual(new Set(["model_not_on_tier"]));
  });

  it("is the same each time: nothing depends on how fast the machine is", async () => {
    const [one = expect.fail()] = CASES;
    const [first, second] = [await runAlone(one), await runAlone(one)];
    expect(second.got.answers).toEqual(first.got.answers);
  });
});
