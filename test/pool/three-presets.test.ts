import { type ChatRequest, isLaplasError } from "@laplas/core";
import type { LoggedRequest, PresetName } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { type Got, runCallers } from "./callers.ts";
import { type OpenPresets, openPresets } from "./open-presets.ts";
import { NOON, wordsOf } from "./run-alone.ts";

const to = NOON + 20 * 60_000;
const GROQ = "groq/openai/gpt-oss-120b";
const FLASH = "gemini/gemini-2.5-flash";
const LITE = "gemini/gemini-3.1-flash-lite";
const OPENROUTER = "openrouter/openai/gpt-oss-120b:free";

const body = (index: number, characters = 4_000): ChatRequest => ({
  model: "fast",
  messages: [{ role: "user", content: wordsOf(index, characters) }],
  max_tokens: characters / 20,
});

function open(targets: readonly string[], patienceMs = 60_000): Promise<OpenPresets> {
  return openPresets({
    presets: targets.map(presetOf),
    start: NOON,
    engine: { routes: { fast: targets }, patienceMs },
  });
}

function presetOf(target: string): PresetName {
  return target.slice(0, target.indexOf("/")) as PresetName;
}

/** Chats that came in at any of them. */
function asked({ sandboxOf }: OpenPresets, targets: readonly string[]): LoggedRequest[] {
  return targets.flatMap((target) => sandboxOf(presetOf(target)).requests.filter(({ method }) => method === "POST"));
}

const within = ({ answers }: Got): number => answers.filter(({ at }) => at < to).length;

describe("a pool of three providers, eight callers for 20 minutes", () => {
  const three = [GROQ, FLASH, OPENROUTER];

  it("gives as many answers as all of them alone, and no request is refused", async () => {
    const alone: number[] = [];
    for (const target of three) alone.push(within(await runCallers(await open([target]), { to, body })));
    const opened = await open(three);
    const got = await runCallers(opened, { to, body });
    process.stdout.write(`alone ${alone.join(", ")}; together ${within(got)}\n`);
    expect(asked(opened, three).filter(({ outcome }) => outcome !== "answered")).toEqual([]);
    const sum = alone.reduce((one, other) => one + other, 0);
    expect(within(got)).toBeGreaterThan(Math.max(...alone));
    expect(within(got)).toBeGreaterThanOrEqual(0.95 * sum);
    // Those who were turned away would have waited for longer than their patience, and are told until when and why, for each model.
    for (const { at, error } of got.errors) {
      expect((error.resetsAt?.getTime() ?? 0) - at).toBeGreaterThan(60_000);
      for (const target of three) expect(error.message).toContain(`- ${target}: `);
    }
  });

  it("turns nobody away while one of them can answer within the patience", async () => {
    // Long enough for eight callers at Groq's minute alone, once the others' days are over.
    const opened = await open(three, 120_000);
    const got = await runCallers(opened, { to, body });
    expect(got.errors).toEqual([]);
    expect(asked(opened, three).filter(({ outcome }) => outcome !== "answered")).toEqual([]);
  });
});

describe("a provider that is killed costs no caller an error", () => {
  const targets = [GROQ, LITE, OPENROUTER];

  it.each(targets)("%s", async (victim) => {
    // The victim is the first that is asked.
    const ordered = [victim, ...targets.filter((target) => target !== victim)];
    const opened = await open(ordered);
    const { time, engine, events } = opened;
    const sandbox = opened.sandboxOf(presetOf(victim));
    const said: unknown[] = [];
    const providers = new Set<string | undefined>();
    // Each call begins a conversation of its own.
    let index = 0;
    const calls = async (each: number): Promise<void> => {
      const caller = async (): Promise<void> => {
        for (let call = 0; call < each; call += 1) {
          try {
            const answer = await engine.chat(body(index++, 400));
            providers.add(answer.laplas.provider);
          } catch (error) {
            if (!isLaplasError(error)) throw error;
            said.push(error.message);
          }
          await time.sleep(10_000);
        }
      };
      await time.run(Array.from({ length: 8 }, () => caller));
    };
    await calls(1);
    expect(providers).toContain(presetOf(victim));

    providers.clear();
    await sandbox.kill();
    await calls(3);
    await sandbox.revive();
    sandbox.fault({ kind: "serverError", status: 503 }, { times: 1_000_000 });
    const before503 = asked(opened, [victim]).length;
    await calls(3);
    const failed503 = asked(opened, [victim]).length - before503;
    sandbox.reset();
    sandbox.fault({ kind: "paymentRequired" }, { times: 1_000_000 });
    await time.run([() => time.sleep(120_000)]);
    await calls(3);

    expect(said).toEqual([]);
    expect(providers).not.toContain(presetOf(victim));
    // A call finds out once that it is still down, and asks it no second time.
    expect(failed503).toBeLessThanOrEqual(24);
    // Calls that were on their way when the first was told are answered elsewhere; nobody asks after that, and it is said once.
    expect(asked(opened, [victim]).length).toBeLessThanOrEqual(8);
    expect(events.filter(({ type }) => type === "upstream-off")).toHaveLength(1);
    const asked402 = asked(opened, [victim]).length;
    await calls(1);
    expect(asked(opened, [victim]).length).toBe(asked402);
    expect(said).toEqual([]);
  });
});

it("a key that one provider refuses is not tried at each of its models", async () => {
  const opened = await openPresets({ presets: ["gemini", "groq"], start: NOON });
  opened
    .sandboxOf("gemini")
    .fault({ kind: "respond", status: 401, body: { error: { message: "No." } } }, { times: 100 });
  const answered: (string | undefined)[] = [];
  await opened.time.run([
    async () => {
      const { laplas } = await opened.engine.chat({ model: "auto", messages: [{ role: "user", content: "Hello" }] });
      answered.push(laplas.provider);
    },
  ]);
  expect(answered).toEqual(["groq"]);
  expect(asked(opened, [LITE])).toHaveLength(1);
});
