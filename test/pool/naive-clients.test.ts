import type { ChatRequest } from "@laplas/core";
import type { LoggedRequest, PresetName } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { runCallers } from "./callers.ts";
import { type OpenPresets, openPresets } from "./open-presets.ts";
import { NOON, wordsOf } from "./run-alone.ts";

const MINUTE_MS = 60_000;
const GEMINI = "gemini-2.5-flash";
const OPENROUTER = "openai/gpt-oss-120b:free";

let questions = 0;
const body = (model: string, characters = 200): ChatRequest => {
  questions += 1;
  return { model, messages: [{ role: "user", content: wordsOf(questions, characters) }], max_tokens: characters / 20 };
};

/** As vendors' SDKs call by default: two more attempts, after `retry-after` or half a second, then a second. @returns whether it was answered */
async function naiveCall({ time, sandboxOf, keyOf }: OpenPresets, preset: PresetName, request: ChatRequest) {
  const sandbox = sandboxOf(preset);
  for (let retries = 0; ; retries += 1) {
    const response = await sandbox.fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${keyOf(preset)}`, "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    await time.sleep(500);
    if (response.ok || retries === 2) return response.ok;
    const told = Number(response.headers.get("retry-after") ?? Number.NaN) * 1_000;
    await time.sleep(told > 0 && told <= MINUTE_MS ? told : 500 * 2 ** retries);
  }
}

const asked = ({ sandboxOf }: OpenPresets, preset: PresetName): LoggedRequest[] =>
  sandboxOf(preset).requests.filter(({ method }) => method === "POST");

const refused = (opened: OpenPresets, preset: PresetName): number =>
  asked(opened, preset).filter(({ outcome }) => outcome === "refused").length;

/** Uses a day up, a minute at a time. */
async function useUp(opened: OpenPresets, preset: PresetName, model: string, limit: number, aMinute: number) {
  await opened.time.run([
    async () => {
      for (let used = 0; used < limit; used += aMinute) {
        for (let call = 0; call < aMinute; call += 1) await naiveCall(opened, preset, body(model));
        await opened.time.sleep(2 * MINUTE_MS);
      }
    },
  ]);
}

describe("what naive clients do at the same providers, and what the engine does", () => {
  it.each([
    ["gemini", GEMINI, 20, 5, 1],
    // Its report of use is read before the first call.
    ["openrouter", OPENROUTER, 50, 10, 0],
  ] as const)("%s's day, used up by another program, in six calls", async (preset, model, limit, aMinute, taught) => {
    const opened = await openPresets({ presets: [preset], start: NOON });
    await useUp(opened, preset, model, limit, aMinute);
    expect(refused(opened, preset)).toBe(0);
    const six = (call: () => Promise<unknown>) => async () => {
      for (let index = 0; index < 6; index += 1) await call();
    };
    await opened.time.run([six(() => naiveCall(opened, preset, body(model)))]);
    const naive = refused(opened, preset);
    await opened.time.run([six(() => opened.engine.chat(body(model)).catch(() => {}))]);
    const ours = refused(opened, preset) - naive;
    process.stdout.write(`${preset}'s day, used up: asked ${naive} times in 6 calls, by the engine ${ours}\n`);
    expect([naive, ours]).toEqual([18, taught]);
  });

  it("Groq's minute: prompts of 1,000 tokens for ten minutes", async () => {
    const model = "openai/gpt-oss-120b";
    const to = NOON + 10 * MINUTE_MS;
    const naive = await openPresets({ presets: ["groq"], start: NOON });
    const caller = async (): Promise<void> => {
      while (naive.time.now() < to) await naiveCall(naive, "groq", body(model, 4_000));
    };
    await naive.time.run(Array.from({ length: 8 }, () => caller));
    const ours = await openPresets({ presets: ["groq"], start: NOON });
    await runCallers(ours, { to, body: () => body(model, 4_000) });
    const figures = [naive, ours].map((opened) => {
      const all = asked(opened, "groq").filter(({ at }) => at < to);
      return [all.filter(({ outcome }) => outcome === "answered").length, refused(opened, "groq")];
    });
    process.stdout.write(
      `Groq, ten minutes: ${figures.map(([passed, no]) => `${no} refused for ${passed} passed`).join("; by the engine ")}\n`,
    );
    const [[naivePassed = 0, naiveRefused = 0] = [], [passed = 0, no] = []] = figures;
    expect(naiveRefused).toBeGreaterThan(naivePassed);
    expect(no).toBe(0);
    // Whoever asks all the time gets in with what the server counts as short: the engine keeps the order.
    expect(passed).toBeGreaterThanOrEqual(0.85 * naivePassed);
  });

  it("one model that is refused blocks no call of another", async () => {
    const opened = await openPresets({ presets: ["gemini"], start: NOON });
    await useUp(opened, "gemini", GEMINI, 20, 5);
    const answered: string[] = [];
    await opened.time.run([
      async () => {
        await expect(opened.engine.chat(body(GEMINI))).rejects.toMatchObject({ code: "daily_quota" });
        for (let call = 0; call < 4; call += 1)
          answered.push((await opened.engine.chat(body("gemini-3.1-flash-lite"))).model);
      },
    ]);
    expect(answered).toEqual(Array.from({ length: 4 }, () => "gemini-3.1-flash-lite"));
  });
});
