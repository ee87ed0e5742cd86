import { describe, expect, it } from "vitest";
import type { LaplasOptions } from "../options.js";
import { ask, createPair, rejection, type TestEngine } from "../testing/engine.js";
import type { Sandbox } from "../testing/sandbox.js";

const HOUR_MS = 3_600_000;
const SPENT = new Date("2026-03-10T22:00:00Z");

/** A server whose day begins at five, and an engine that assumes midnight. */
async function open(options: LaplasOptions = {}): Promise<TestEngine & { readonly sandbox: Sandbox }> {
  let sandbox: Sandbox | undefined;
  const pair = await createPair(
    { now: () => sandbox?.clock.now() ?? 0, ...options },
    { clock: { start: SPENT, frozen: true }, rules: { resetHourUtc: 5 } },
  );
  sandbox = pair.sandbox;
  return pair;
}

/** gpt-4 costs 1,764 API tokens for this: 29 of them are a day. */
async function spendDay(laplas: TestEngine["laplas"]): Promise<number> {
  for (let calls = 0; ; calls += 1) {
    const error = await laplas.chat(ask("Hello", { model: "gpt-4" })).then(
      () => undefined,
      (thrown: { code?: string }) => thrown,
    );
    if (error !== undefined) return calls;
  }
}

describe("a day that begins at another hour than assumed", () => {
  it("is found by one probe an hour, learned, and then begins at its own hour", async () => {
    const { laplas, sandbox, events } = await open();
    expect(await spendDay(laplas)).toBe(29);
    expect(sandbox.counts()).toMatchObject({ answered: 29, refused: 0 });

    // By our count the day is over; the server says no, and is asked once an hour from then on, however many calls there are.
    sandbox.clock.set(new Date("2026-03-11T00:00:30Z"));
    for (let quarters = 0; quarters < 20; quarters += 1) {
      await rejection(laplas.chat(ask("Hello")));
      sandbox.clock.advance(HOUR_MS / 4);
    }
    const { refused, probe } = sandbox.counts();
    expect(refused + probe).toBe(5);

    expect((await laplas.chat(ask("Hello"))).choices).toHaveLength(1);
    expect(events).toContainEqual(expect.objectContaining({ type: "reset-learned", resetHour: 5 }));
    const [window] = (await laplas.status()).windows;
    expect(window?.resetsAt.toISOString()).toBe("2026-03-12T05:00:02.000Z");

    // The next day is spent and begun without a single refusal.
    await spendDay(laplas);
    const before = sandbox.counts();
    sandbox.clock.set(new Date("2026-03-12T00:00:30Z"));
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    sandbox.clock.set(new Date("2026-03-12T05:00:30Z"));
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts()).toMatchObject({
      refused: before.refused,
      probe: before.probe,
      answered: before.answered + 1,
    });
  });

  it("is not learned from a gap of many hours, in which it may have begun at any of them", async () => {
    const { laplas, sandbox, events } = await open();
    await spendDay(laplas);
    sandbox.clock.set(new Date("2026-03-11T00:00:30Z"));
    await rejection(laplas.chat(ask("Hello")));
    sandbox.clock.set(new Date("2026-03-11T09:00:00Z"));
    await laplas.chat(ask("Hello"));
    expect(events.filter(({ type }) => type === "reset-learned")).toEqual([]);
  });

  it("leaves a day alone that is published", async () => {
    const tier = {
      name: "published",
      title: "published",
      extends: "free",
      rules: [
        {
          id: "daily_api_tokens",
          kind: "window",
          metric: "apiTokens",
          limit: 50_000,
          period: { type: "day" },
          evidence: { source: "a test", date: "2026-01-01", status: "published" },
        },
      ],
    } as const;
    const { laplas, sandbox } = await open({ tier });
    await spendDay(laplas);
    sandbox.clock.set(new Date("2026-03-11T00:00:30Z"));
    const error = await rejection(laplas.chat(ask("Hello")));
    expect(error).toMatchObject({ code: "daily_quota", resetsAt: new Date("2026-03-12T00:00:02Z") });
  });
});
