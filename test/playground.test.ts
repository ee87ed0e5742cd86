import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaplas, isLaplasError, type Laplas, type LaplasOptions, type TierDocument } from "@laplas/core";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";

/** The Playground's rules: ten requests a day with each regular model, one at a time, and the API's budget shared. */

const NOON = Date.parse("2026-03-10T12:00:00.000Z");

async function setup() {
  // The upstream knows the budget alone: what the Playground counts is counted here.
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true } });
  onTestFinished(() => sandbox.close());
  const directory = mkdtempSync(join(tmpdir(), "laplas-playground-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const open = (options: LaplasOptions = {}): Laplas => {
    const laplas = createLaplas({
      apiKey: "player",
      baseURL: sandbox.baseURL,
      ledger: `sqlite:${join(directory, "ledger.sqlite")}`,
      tier: "playground",
      now: () => sandbox.clock.now(),
      ...options,
    });
    onTestFinished(() => laplas.close());
    return laplas;
  };
  return { sandbox, open, laplas: open() };
}

const hello = (model: string) => ({ model, messages: [{ role: "user", content: "Hello" }] });
const say = async (laplas: Laplas, model: string, times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) await laplas.chat(hello(model));
};

async function rejection(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isLaplasError(error)) throw new Error(`expected an error of ours, got ${String(error)}`);
  return error;
}

const callsLeft = async (laplas: Laplas, search: string): Promise<number | undefined> =>
  (await laplas.models({ search }))[0]?.callsLeft;

describe("ten requests a day with a regular model", () => {
  it("are one count for all its names, end in a plain error, and begin anew the next day", async () => {
    const { sandbox, laplas } = await setup();
    for (const id of ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"]) await say(laplas, id, 5);
    for (const id of ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"]) {
      const error = await rejection(laplas.chat(hello(id)));
      expect(error).toMatchObject({ code: "daily_quota", rule: "daily_requests", retryable: false });
      expect(error.resetsAt?.toISOString()).toBe("2026-03-11T00:00:02.000Z");
      expect(error.message).toMatch(/10.*rule daily_requests/);
      expect(await laplas.check(hello(id))).toMatchObject({ verdict: "refuse", error: { rule: "daily_requests" } });
    }
    // Another model has its own ten.
    await laplas.chat(hello("openai/gpt-4.1-nano-2025-04-14"));
    expect(sandbox.counts()).toMatchObject({ received: 11, refused: 0 });
    sandbox.clock.set(new Date("2026-03-11T00:00:03.000Z"));
    await laplas.chat(hello("gpt-4o-mini"));
    expect(sandbox.counts()).toMatchObject({ received: 12, refused: 0, probe: 0 });
  });

  it("bind embeddings and images as well, each picture being one", async () => {
    const { sandbox, laplas } = await setup();
    await laplas.image({ model: "flux/schnell", prompt: "A boat", n: 8 });
    const error = await rejection(laplas.image({ model: "flux/schnell", prompt: "A boat", n: 3 }));
    expect(error).toMatchObject({ code: "daily_quota", rule: "daily_requests" });
    expect(error.message).toMatch(/3 images take about 3 requests, and 2 of 10 are left .* enough for 2\./);
    await laplas.image({ model: "flux/schnell", prompt: "A boat", n: 2 });
    await laplas.embed({ model: "BAAI/bge-base-en-v1.5", input: Array.from({ length: 10 }, () => "a") });
    expect(await rejection(laplas.embed({ model: "BAAI/bge-base-en-v1.5", input: "a" }))).toMatchObject({
      rule: "daily_requests",
    });
    expect(sandbox.counts()).toMatchObject({ received: 20, refused: 0 });
  });

  it("do not bind the models that a tier document leaves out, whichever of their names it has", async () => {
    const { sandbox, open } = await setup();
    const tier: TierDocument = {
      name: "pro",
      title: "Playground with Pro models",
      extends: "playground",
      rules: [
        {
          id: "daily_requests",
          kind: "window",
          meter: "requests",
          limit: 10,
          period: { type: "day" },
          scope: "model",
          models: ["!gpt-4o-mini-2024-07-18", "!meta-llama/Llama-Vision-Free"],
          evidence: { source: "this test", date: "2026-11-22", status: "assumed" },
        },
      ],
    };
    const laplas = open({ tier });
    await say(laplas, "gpt-4o-mini", 6);
    await say(laplas, "gpt-4o-mini-2024-07-18", 6);
    await say(laplas, "meta-llama/Llama-Vision-Free", 12);
    await say(laplas, "google/gemma-3-27b-it", 10);
    expect(await rejection(laplas.chat(hello("google/gemma-3-27b-it")))).toMatchObject({ rule: "daily_requests" });
    expect(await callsLeft(laplas, "gpt-4o-mini-2024-07-18")).toBe(Math.floor((50_000 - 12 * 16) / 16));
    expect(await callsLeft(laplas, "Llama-Vision-Free")).toBe(Number.POSITIVE_INFINITY);
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("are not those made through the API, whose tokens count", async () => {
    const { sandbox, open, laplas: playground } = await setup();
    const api = open({ tier: "free" });
    await say(api, "gpt-4o-mini", 15);
    await say(playground, "gpt-4o-mini", 10);
    expect(await rejection(playground.chat(hello("gpt-4o-mini")))).toMatchObject({ rule: "daily_requests" });
    await say(api, "gpt-4o-mini", 1);
    for (const laplas of [api, playground]) {
      const window = (await laplas.status()).windows.find(({ rule }) => rule === "daily_api_tokens");
      expect(window?.used).toBe(26 * 16);
    }
    expect(sandbox.counts()).toMatchObject({ received: 26, refused: 0 });
  });
});

describe("50,000 API tokens", () => {
  it("are shared between the Playground and the API", async () => {
    const { sandbox, open, laplas: playground } = await setup();
    const api = open({ tier: "free" });
    await say(playground, "gpt-4", 9);
    await say(api, "gpt-4", 20);
    for (const laplas of [api, playground]) {
      expect(await rejection(laplas.chat(hello("gpt-4o-mini")))).toMatchObject({
        code: "daily_quota",
        rule: "daily_api_tokens",
      });
    }
    expect(sandbox.used()).toBe(29 * 1764);
    expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0 });
  });
});

describe("one at a time", () => {
  it("holds for both surfaces together", async () => {
    const { sandbox, open, laplas: playground } = await setup();
    const api = open({ tier: "free" });
    const models = ["gpt-4o-mini", "openai/gpt-4.1-nano-2025-04-14", "google/gemma-3-27b-it"];
    await Promise.all(models.flatMap((model) => [playground, api].map((laplas) => laplas.chat(hello(model)))));
    expect(sandbox.counts()).toMatchObject({ answered: 6, refused: 0 });
  });
});

describe("models()", () => {
  it("tells the calls left of each model: the ten, or what the budget has room for", async () => {
    const { laplas } = await setup();
    expect(await callsLeft(laplas, "gpt-4o-mini-2024")).toBe(10);
    expect(await callsLeft(laplas, "Llama-Vision-Free")).toBe(10);
    // 3,465 API tokens a call.
    expect((await laplas.models({ search: "gpt-4.5-preview" }))[0]).toMatchObject({ costPerCall: 4410, callsLeft: 10 });
    await say(laplas, "gpt-4o-mini", 3);
    await say(laplas, "gpt-4.5-preview", 5);
    expect(await callsLeft(laplas, "gpt-4o-mini-2024")).toBe(7);
    expect(await callsLeft(laplas, "gpt-4.5-preview")).toBe(5);
    // More expensive than what is left: such a call is sent while anything is.
    expect(await callsLeft(laplas, "o1-preview")).toBe(1);
    await say(laplas, "gpt-4.5-preview", 5);
    expect(await callsLeft(laplas, "gpt-4.5-preview")).toBe(0);
    expect(await callsLeft(laplas, "Llama-Vision-Free")).toBe(10);
  });
});
