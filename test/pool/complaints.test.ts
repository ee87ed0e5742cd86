import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatRequest, Engine, LaplasError } from "@laplas/core";
import type { LoggedRequest, PresetName } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCallers } from "./callers.ts";
import { type OpenPresets, openPresets } from "./open-presets.ts";
import { NOON, wordsOf } from "./run-alone.ts";

/*
 * What users of such pools complain of, in public issues of comparable projects: each is a test.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GEMINI = "gemini/gemini-2.5-flash";
const OPENROUTER = "openrouter/openai/gpt-oss-120b:free";

let questions = 0;
const body = (model: string): ChatRequest => {
  questions += 1;
  return { model, messages: [{ role: "user", content: wordsOf(questions, 200) }], max_tokens: 20 };
};

/** One caller's calls, one after the other. */
async function ask({ time }: OpenPresets, engine: Engine, model: string, times = 1): Promise<(string | LaplasError)[]> {
  const outcomes: (string | LaplasError)[] = [];
  await time.run([
    async () => {
      for (let call = 0; call < times; call += 1)
        outcomes.push(
          await engine.chat(body(model)).then(
            ({ laplas }) => laplas.provider ?? "",
            (error: LaplasError) => error,
          ),
        );
    },
  ]);
  return outcomes;
}

/** Another program with the same key. */
async function useElsewhere(opened: OpenPresets, preset: PresetName, model: string, times: number): Promise<void> {
  const sandbox = opened.sandboxOf(preset);
  for (let call = 0; call < times; call += 1)
    await sandbox.fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${opened.keyOf(preset)}`, "content-type": "application/json" },
      body: JSON.stringify(body(model)),
    });
}

/** Chats of the engine's: those of the other program came before. */
function asked(opened: OpenPresets, preset: PresetName, since = 0): LoggedRequest[] {
  return opened
    .sandboxOf(preset)
    .requests.filter(({ method }) => method === "POST")
    .slice(since);
}

const refusedOf = (requests: readonly LoggedRequest[]): LoggedRequest[] =>
  requests.filter(({ outcome }) => outcome === "refused");

function ledgerFile(): `sqlite:${string}` {
  const folder = mkdtempSync(join(tmpdir(), "laplas-pool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return `sqlite:${join(folder, "ledger.sqlite")}`;
}

const fatal = { retryable: false, resetsAt: expect.any(Date) };

describe("what users of pools complain of", () => {
  it("state that is not kept across a restart: a new process knows what the day has left", async () => {
    const opened = await openPresets({ presets: ["openrouter"], start: NOON, engine: { ledger: ledgerFile() } });
    const { time, engine, another } = opened;
    await time.run(
      Array.from({ length: 3 }, () => async () => {
        for (let call = 0; call < 17; call += 1) await engine.chat(body("openai/gpt-oss-120b:free")).catch(() => {});
      }),
    );
    await engine.close();
    expect(asked(opened, "openrouter")).toHaveLength(50);
    await time.run([() => time.sleep(2 * MINUTE_MS)]);
    const restarted = await another();
    const [outcome] = await ask(opened, restarted, "openai/gpt-oss-120b:free");
    expect(outcome).toMatchObject({ ...fatal, code: "daily_quota" });
    expect(asked(opened, "openrouter")).toHaveLength(50);
  });

  it.each([
    ["gemini", "gemini-2.5-flash", 20, 1],
    // Its report of use is read before the first call.
    ["openrouter", "openai/gpt-oss-120b:free", 50, 0],
  ] as const)("a quota that is used up and asked again every few seconds: %s", async (preset, model, limit, taught) => {
    const opened = await openPresets({ presets: [preset], start: NOON });
    await opened.time.run([
      async () => {
        for (let left = limit; left > 0; left -= 5) {
          await useElsewhere(opened, preset, model, Math.min(5, left));
          await opened.time.sleep(MINUTE_MS);
        }
      },
    ]);
    const [first, ...others] = await ask(opened, opened.engine, model, 6);
    expect(first).toMatchObject({ ...fatal, code: "daily_quota" });
    expect(others.every((other) => typeof other !== "string")).toBe(true);
    expect(asked(opened, preset, limit)).toHaveLength(taught);
    const got = await runCallers(opened, { to: opened.time.now() + HOUR_MS, body: () => body(model) });
    expect(got.answers).toEqual([]);
    expect(asked(opened, preset, limit)).toHaveLength(taught);
  });

  it("a quota that is used up, where nothing tells the day from the minute: it is asked less and less often", async () => {
    const model = "@cf/openai/gpt-oss-120b";
    const opened = await openPresets({
      presets: [{ preset: "cloudflare", limits: { "*": { neurons_day: 1 } } }],
      start: NOON,
    });
    const refusals = (): number => refusedOf(asked(opened, "cloudflare")).length;
    await runCallers(opened, { to: NOON + HOUR_MS, body: () => body(model) });
    const first = refusals();
    // Seven were on their way when the first was refused; then one tries after 1, 2, 4, 8, 16 and 32 minutes.
    expect(first).toBeLessThanOrEqual(7 + 6);
    await runCallers(opened, { to: NOON + 6 * HOUR_MS, body: () => body(model) });
    expect(refusals() - first).toBeLessThanOrEqual(6);
  });

  it.each([
    ["openrouter", "openai/gpt-oss-120b:free", 20],
    ["gemini", "gemini-2.5-flash", 5],
    ["groq", "openai/gpt-oss-120b", 30],
  ] as const)(
    "a burst that is taken for a spent day: %s answers again a minute later",
    async (preset, model, burst) => {
      const opened = await openPresets({ presets: [preset], start: NOON + 1_000 });
      await useElsewhere(opened, preset, model, burst);
      const start = opened.time.now();
      const got = await runCallers(opened, { to: start + 100_000, body: () => body(model), callers: 1 });
      expect(refusedOf(asked(opened, preset, burst)).length).toBeLessThanOrEqual(1);
      expect(got.answers[0]?.at).toBeLessThan(start + 65_000);
    },
  );

  it("one 402 that takes the chain down: the others answer, and the one is asked no more", async () => {
    const opened = await openPresets({
      presets: ["openrouter", "gemini"],
      start: NOON,
      engine: { routes: { fast: [OPENROUTER, GEMINI] } },
    });
    opened.sandboxOf("openrouter").fault({ kind: "paymentRequired" });
    expect(await ask(opened, opened.engine, "fast", 3)).toEqual(["gemini", "gemini", "gemini"]);
    expect(asked(opened, "openrouter")).toHaveLength(1);
  });

  it("all used up, and requests that hang for ever: each is told at once, until when and why", async () => {
    const opened = await openPresets({
      presets: ["openrouter", "gemini"],
      start: NOON,
      engine: { routes: { fast: [OPENROUTER, GEMINI] } },
    });
    const { time, engine, events } = opened;
    await runCallers(opened, { to: NOON + 10 * MINUTE_MS, body: () => body("fast") });
    const at = time.now();
    const [outcome] = await ask(opened, engine, "fast");
    expect(time.now()).toBe(at);
    // OpenRouter's day begins at midnight UTC, Gemini's at midnight in Los Angeles: the first of them is told.
    expect(outcome).toMatchObject({ ...fatal, code: "daily_quota", rule: "requests_a_day" });
    const { message, resetsAt } = outcome as LaplasError;
    expect(resetsAt?.toISOString()).toMatch(/^2026-11-21T00:00:0\d/);
    expect(message).toContain(`The first can in 12 h: ${OPENROUTER}.`);
    expect(message).toMatch(/^- openrouter\/.*50 of 50 requests.*2026-11-21T00:00:0\d/m);
    expect(message).toMatch(/^- gemini\/.*20 of 20 requests.*2026-11-21T08:00:0\d/m);
    expect(refusedOf([...asked(opened, "openrouter"), ...asked(opened, "gemini")])).toEqual([]);
    expect(events.some(({ type }) => type === "upstream-quota")).toBe(false);
  });

  it("limits that are shown and are not the limits: what is left is what the provider counts", async () => {
    const opened = await openPresets({ presets: ["gemini", "openrouter", "mistral"], start: NOON });
    const { engine } = opened;
    const models = {
      gemini: "gemini-2.5-flash",
      openrouter: "openai/gpt-oss-120b:free",
      mistral: "mistral-large-latest",
    };
    for (const [preset, model] of Object.entries(models)) await ask(opened, engine, `${preset}/${model}`, 3);
    // Mistral's second is over by then.
    await opened.time.run([() => opened.time.sleep(2_000)]);
    const listed = await engine.models();
    const leftOf = (name: string) => listed.find(({ id }) => id === name)?.callsLeft;
    for (const [preset, model] of Object.entries(models)) {
      const windows = opened.sandboxOf(preset as PresetName).windows(model, opened.keyOf(preset as PresetName));
      const left = windows.filter(({ id }) => id.startsWith("requests")).map(({ limit, used }) => limit - used);
      expect([preset, leftOf(`${preset}/${model}`)]).toEqual([preset, Math.min(...left)]);
    }
  });

  it("replicas that each take the full limit: two engines on one file share it", async () => {
    const opened = await openPresets({ presets: ["openrouter"], start: NOON, engine: { ledger: ledgerFile() } });
    const other = await opened.another();
    const model = "openai/gpt-oss-120b:free";
    const callers = [opened.engine, other].flatMap((engine) =>
      Array.from({ length: 4 }, () => async () => {
        for (let call = 0; call < 10; call += 1) await engine.chat(body(model)).catch(() => {});
      }),
    );
    await opened.time.run(callers);
    expect(asked(opened, "openrouter")).toHaveLength(50);
    expect(refusedOf(asked(opened, "openrouter"))).toEqual([]);
  });
});
