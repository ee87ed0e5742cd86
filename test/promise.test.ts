import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChatRequest, createLaplas, isLaplasError, type Laplas, type LaplasOptions } from "@laplas/core";
import { createSandbox, type LoggedRequest, type Sandbox, type SandboxRules } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";

/** The promise: what the rules as known would refuse does not leave the machine, and what they would accept is not held back. */

const NOON = Date.parse("2026-03-10T12:00:00.000Z");
const NEXT_DAY = Date.parse("2026-03-11T00:00:02.000Z");

function ask(content: string, model = "gpt-4o-mini"): ChatRequest {
  return { model, messages: [{ role: "user", content }] };
}

async function setup(rules: Partial<SandboxRules> = {}) {
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true }, rules });
  onTestFinished(() => sandbox.close());
  const directory = mkdtempSync(join(tmpdir(), "laplas-promise-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const ledger = `sqlite:${join(directory, "ledger.sqlite")}` as const;
  const open = (options: LaplasOptions = {}): Laplas => {
    const laplas = createLaplas({
      apiKey: "the-key",
      baseURL: sandbox.baseURL,
      ledger,
      now: () => sandbox.clock.now(),
      ...options,
    });
    onTestFinished(() => laplas.close());
    return laplas;
  };
  return { sandbox, ledger, open };
}

/** The free tier with a day of this many API tokens. */
function smallTier(limit: number) {
  const evidence = { source: "the test's sandbox", date: "2026-03-10", status: "assumed" } as const;
  const period = { type: "day" } as const;
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit, period, evidence } as const;
  return { name: "small", title: "small free tier", extends: "free", rules: [rule] } as const;
}

const usedHere = async (laplas: Laplas): Promise<number> => (await laplas.status()).windows[0]?.used ?? Number.NaN;

function expectNoRefusal(sandbox: Sandbox): void {
  const refused = sandbox.requests.filter(({ outcome }) => outcome === "refused");
  expect(refused).toEqual([]);
  expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0 });
}

describe("a day's work on the free tier", () => {
  it("a batch, streams, one abandoned half-way, a call inside a stream's loop: nothing is refused, all is charged", async () => {
    const { sandbox, open } = await setup();
    const left = Promise.withResolvers<void>();
    const isAbandoned = ({ body }: LoggedRequest): boolean => JSON.stringify(body).includes("herons");
    sandbox.fault({ kind: "hold", until: left.promise, afterChunks: 5 }, { when: isAbandoned });
    const laplas = open();
    const batch = Array.from({ length: 30 }, (_, index) => laplas.chat(ask(`What is ${index} plus ${index}?`)));
    const streams = Array.from({ length: 5 }, async (_, index) => {
      let text = "";
      for await (const chunk of laplas.chatStream(ask(`Write 30 words about mill number ${index}.`))) {
        text += chunk.choices[0]?.delta.content ?? "";
      }
      return text;
    });
    const abandoned = (async () => {
      const stream = laplas.chatStream(ask("Write 120 words about herons."));
      let seen = 0;
      for await (const _ of stream) {
        seen += 1;
        if (seen === 5) break;
      }
      left.resolve();
      return await stream.report;
    })();
    const nested = (async () => {
      const models: string[] = [];
      for await (const _ of laplas.chatStream(ask("Write 40 words about locks."))) {
        if (models.length < 2) models.push((await laplas.chat(ask("Hello", "gpt-4.1-nano"))).id);
      }
      return models;
    })();
    const vectors = laplas.embed({ model: "text-embedding-3-small", input: ["a heron", "a mill", "a lock"] });

    expect(await Promise.all(batch)).toHaveLength(30);
    for (const text of await Promise.all(streams)) expect(text).toMatch(/mill/i);
    expect(await abandoned).toMatchObject({ estimated: false });
    expect(await nested).toHaveLength(2);
    expect((await vectors).data).toHaveLength(3);
    expectNoRefusal(sandbox);
    expect(sandbox.counts()).toMatchObject({ answered: 30 + 5 + 1 + 2 + 1, faulted: 1 });
    expect(await usedHere(laplas)).toBe(sandbox.used());
  });

  it("goes on after a restart where it stopped", async () => {
    const { sandbox, open } = await setup();
    const first = open({ tier: smallTier(100) });
    for (let index = 0; index < 4; index += 1) await first.chat(ask("Hello"));
    const used = await usedHere(first);
    await first.close();

    const second = open({ tier: smallTier(100) });
    expect(await usedHere(second)).toBe(used);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => second.chat(ask("Hello"))));
    const answered = outcomes.filter(({ status }) => status === "fulfilled").length;
    // A call may begin while anything is left: 7 x 16 = 112, and 6 x 16 = 96 < 100.
    expect(answered).toBe(3);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "daily_quota" });
    }
    expectNoRefusal(sandbox);
  });

  it("survives a process that is killed in mid-call: its call is counted, and its place is free as soon as the call can't run any more", async () => {
    const { sandbox, ledger, open } = await setup();
    const over = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: over.promise, afterChunks: 1 });
    const code = `
      import { createLaplas } from "@laplas/core";
      const [baseURL, ledger, now] = process.argv.slice(1);
      const laplas = createLaplas({ apiKey: "the-key", baseURL, ledger, now: () => Number(now) });
      const messages = [{ role: "user", content: "Write 60 words about herons." }];
      for await (const _ of laplas.chatStream({ model: "gpt-4o-mini", messages })) process.stdout.write("chunk\\n");
    `;
    const child = spawn(
      process.execPath,
      ["--input-type=module", "--eval", code, sandbox.baseURL, ledger, String(NOON)],
      { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] },
    );
    const exit = once(child, "exit");
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await exit;
    const laplas = open();
    const answer = laplas.chat(ask("Hello"));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    // The server goes on with what it was asked; this process can't know until when, but the row stands for it.
    over.resolve();
    await sandbox.idle();
    // The dead holder is seen to be dead: its lease, of 30 s, is not waited for.
    sandbox.clock.advance(10_000);
    expect((await answer).choices).toHaveLength(1);
    expect(await usedHere(laplas)).toBeGreaterThanOrEqual(sandbox.used());
    expectNoRefusal(sandbox);
  });

  it("serves two engines on one file one at a time", async () => {
    const { sandbox, open } = await setup();
    const engines = [open(), open()];
    await Promise.all(
      engines.flatMap((laplas) =>
        Array.from({ length: 10 }, (_, index) => laplas.chat(ask(`What is ${index} plus 1?`))),
      ),
    );
    expectNoRefusal(sandbox);
    expect(sandbox.counts().answered).toBe(20);
  });
});

describe("a spent day", () => {
  it("answers what the tier allows, sends none of sixty calls beyond, and serves again the next day", async () => {
    const { sandbox, open } = await setup({ dailyApiTokens: 200 });
    const laplas = open({ tier: smallTier(200) });
    const call = async (): Promise<string> => {
      try {
        await laplas.chat(ask("Hello"));
        return "answered";
      } catch (error) {
        if (!isLaplasError(error)) throw error;
        expect(error.message).toMatch(/daily quota used up .* It will reset at 2026-03-11T00:00:02\.000Z/);
        return error.code;
      }
    };
    const outcomes: string[] = [];
    // 13 x 16 = 208: the thirteenth begins with 192 of 200 used.
    for (let index = 0; index < 13; index += 1) outcomes.push(await call());
    expect(outcomes).toEqual(Array(13).fill("answered"));
    const beyond = await Promise.all(Array.from({ length: 60 }, call));
    expect(beyond).toEqual(Array(60).fill("daily_quota"));
    expectNoRefusal(sandbox);
    expect(sandbox.counts()).toMatchObject({ received: 13, answered: 13 });

    // In its last minute a call would wait for the new day instead.
    sandbox.clock.set(NEXT_DAY - 60_001);
    expect(await call()).not.toBe("answered");
    sandbox.clock.set(NEXT_DAY);
    expect(await call()).toBe("answered");
    expectNoRefusal(sandbox);
  });

  it("in worst mode is never overdrawn", async () => {
    const { sandbox, open } = await setup({ dailyApiTokens: 3_000 });
    const laplas = open({ tier: smallTier(3_000), admission: "worst-case" });
    const tools = [
      {
        type: "function",
        function: {
          name: "look_up",
          description: "Looks a word up. ".repeat(80),
          parameters: { type: "object", properties: {} },
        },
      },
    ];
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 15 }, (_, index) => laplas.chat(ask(`Write ${50 + index * 20} words about herons.`))),
      ...Array.from({ length: 5 }, () => laplas.chat({ ...ask("Write 90 words about mills."), n: 2 })),
      ...Array.from({ length: 5 }, () => laplas.chat({ ...ask("Hello there"), tools })),
    ]);
    expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
    expect(sandbox.used()).toBeLessThanOrEqual(3_000);
    expect(await usedHere(laplas)).toBe(sandbox.used());
    expectNoRefusal(sandbox);
  });

  it("that the clock was set back in, by up to a day, admits nothing more", async () => {
    const { sandbox, open } = await setup();
    let offset = 0;
    const laplas = open({ tier: smallTier(40), now: () => sandbox.clock.now() + offset });
    for (let index = 0; index < 3; index += 1) await laplas.chat(ask("Hello"));
    for (offset of [0, -60_000, -3_600_000, -86_400_000]) {
      await expect(laplas.chat(ask("Hello"))).rejects.toMatchObject({ code: "daily_quota" });
    }
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });
});
