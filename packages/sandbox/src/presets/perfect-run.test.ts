import { describe, expect, it } from "vitest";
import { createSandbox, type PresetName, perfectRun, presetNames } from "../index.js";

const start = Date.UTC(2026, 10, 28, 7, 50);
const twentyMinutes = start + 20 * 60_000;
const prompt = "The heron of the mill sleeps standing on one leg. ".repeat(80);

const models: Readonly<Record<PresetName, string>> = {
  groq: "openai/gpt-oss-120b",
  gemini: "gemini-3.5-flash",
  openrouter: "openai/gpt-oss-120b:free",
  mistral: "mistral-large-latest",
  cloudflare: "@cf/openai/gpt-oss-120b",
};

function bodyOf(preset: PresetName, index: number, maxTokens = 200): object {
  const messages = [{ role: "user", content: `${prompt}${index}` }];
  return { model: models[preset], max_tokens: maxTokens, messages };
}

describe.each(presetNames)("a perfect client of %s", (preset) => {
  const run = perfectRun({ preset, body: (index) => bodyOf(preset, index), from: start, to: twentyMinutes });

  it("is never refused where its requests are sent to the sandbox itself, and each would be refused a millisecond earlier", async () => {
    await using sandbox = await createSandbox({ preset, clock: { start, frozen: true } });
    const sent = run.slice(0, 120);
    for (const [index, { at }] of sent.entries()) {
      const body = bodyOf(preset, index);
      if (at > start && at > (sent[index - 1]?.at ?? start)) expect(sandbox.judge(body, at - 1).passes).toBe(false);
      sandbox.clock.set(at);
      const response = await sandbox.fetch(`${sandbox.baseURL}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(200);
    }
    expect(sandbox.counts()).toMatchObject({ answered: sent.length, refused: 0 });
  });

  it("has as many answers as anybody can: one that asks every three seconds has no more", async () => {
    const body = bodyOf(preset, 0);
    const most = perfectRun({ preset, body: () => body, from: start, to: twentyMinutes }).length;
    await using sandbox = await createSandbox({ preset, clock: { start, frozen: true } });
    for (let at = start; at < twentyMinutes; at += 3000) {
      sandbox.clock.set(at);
      await sandbox.fetch(`${sandbox.baseURL}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify(body),
      });
    }
    expect(sandbox.counts().refused).toBeGreaterThan(0);
    expect(sandbox.counts().answered).toBeLessThanOrEqual(most);
  });
});

describe("how many pass", () => {
  const passed = (preset: PresetName, options: object = {}, to = twentyMinutes) =>
    perfectRun({ preset, body: (index) => bodyOf(preset, index), from: start, to, tokenSpread: 0, ...options });

  it("is what the windows hold: a bucket and its refill of 1,207 tokens a request", () => {
    // 1,000 of prompt, 7 around it, 200 asked for: 8000 at once, 8000 a minute for twenty minutes less the last rest.
    const run = passed("groq");
    expect(run.length).toBe(Math.floor((8000 * 21) / 1208));
    expect(run.filter(({ at }) => at === start)).toHaveLength(6);
  });

  it("is more with a refund", () => {
    expect(passed("groq", { refund: true }).length).toBeGreaterThan(passed("groq").length);
  });

  it("is a day before and a day after midnight in Los Angeles", () => {
    // 7:50 UTC is ten minutes before midnight there.
    const run = passed("gemini");
    const midnight = Date.UTC(2026, 10, 28, 8);
    expect(run.filter(({ at }) => at < midnight)).toHaveLength(20);
    expect(run.filter(({ at }) => at >= midnight)).toHaveLength(20);
  });

  it("counts a failing host's attempts as attempts", () => {
    const run = passed("openrouter", {
      hostFails: (_: unknown, attempt: number) => (attempt % 2 ? "down" : undefined),
    });
    expect(run).toHaveLength(50);
    expect(run.filter(({ answered }) => answered)).toHaveLength(25);
  });

  it("is none where the plan leaves the model out, or the body never passes", () => {
    expect(passed("mistral", { limitZero: true })).toEqual([]);
    expect(passed("groq", { body: () => bodyOf("groq", 0, 8000) })).toEqual([]);
    expect(passed("groq", { body: () => ({}) })).toEqual([]);
  });

  it("is without end where nothing limits, which is said", () => {
    const body = () => ({ ...bodyOf("openrouter", 0), model: "openai/gpt-oss-120b" });
    expect(() => passed("openrouter", { balanceUsd: 5, body })).toThrow("nothing limits these requests");
  });

  it("waits for answers to end where they are charged then", () => {
    const quick = passed("groq", { refund: true });
    const slow = passed("groq", { refund: true, durationMs: 30_000 });
    expect(slow.length).toBeLessThan(quick.length);
    expect(slow.length).toBeGreaterThan(passed("groq").length);
    // Six fit at once. The seventh would have to wait 3.4 s for the bucket, but what the six did not use comes back after one.
    const [, , , , , sixth, seventh] = passed("groq", { refund: true, durationMs: 1000 });
    expect([sixth?.at, seventh?.at]).toEqual([start, start + 1000]);
  });
});

describe.each(presetNames)("what %s lets pass", (preset) => {
  it("is never more than a window holds, whatever comes when", async () => {
    // A small generator of its own, so that a failure can be seen again.
    let seed = 42;
    const random = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed / 2 ** 32;
    };
    await using sandbox = await createSandbox({ preset, clock: { start, frozen: true } });
    const model = models[preset];
    for (let index = 0; index < 800; index += 1) {
      sandbox.clock.advance(random() < 0.5 ? 0 : Math.floor(random() * 9000));
      const body = bodyOf(preset, index, 1 + Math.floor(random() * 2000));
      const verdict = sandbox.judge(body);
      const response = await sandbox.fetch(`${sandbox.baseURL}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify(body),
      });
      expect(response.status === 200).toBe(verdict.passes);
      for (const { id, limit, used } of sandbox.windows(model)) {
        // What is charged at the end may go beyond: the last completion, of neurons the last request.
        const beyond = { tokens_minute: preset === "mistral" ? 2000 : 0, neurons_day: 300 }[id] ?? 0;
        expect(used).toBeLessThanOrEqual(limit + beyond + 1e-3);
      }
    }
    const { answered, refused } = sandbox.counts();
    expect(answered + refused).toBe(800);
    expect(refused).toBeGreaterThan(0);
  });
});
