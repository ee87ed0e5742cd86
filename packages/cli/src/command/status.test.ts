import { freeTier, paidTier, playgroundTier, type Status } from "@laplas/core";
import { quotaBody } from "@laplas/gateway/bodies";
import { describe, expect, it } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { openShell } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { statusBody } from "./status.js";
import { statusLines } from "./status-lines.js";

const NOW = Date.UTC(2026, 10, 25, 18, 48);

const ESCAPE = "\u001b";
const view = (columns: number) => ({ now: NOW, columns, hasBlocks: true });

describe("the lines of a status", () => {
  const window = {
    rule: "daily_api_tokens",
    metric: "apiTokens",
    unit: "API tokens",
    limit: 50_000,
    used: 12_500,
    held: 500,
    left: 37_000,
    resetsAt: new Date(NOW + 3_600_000),
  } as const;
  const calls = [
    { model: "gpt-4o", state: "running", since: new Date(NOW - 12_000) },
    { model: "gpt-4o-mini", state: "waiting", since: new Date(NOW - 3_000) },
  ] as const;
  const status: Status = {
    provider: "laplas",
    tier: "free",
    ledger: "sqlite",
    windows: [window],
    running: 1,
    waiting: 3,
    calls,
  };

  it("shows what is left, who runs, who waits and for how long", () => {
    const text = plain(statusLines({ tier: freeTier }, status, view(100)));
    expect(text).toContain("37,000 API tokens left of 50,000");
    expect(text).toMatch(/12,500 used, 500 held by running calls; all back in 1 h \(/);
    expect(text).toMatch(/Running {2}gpt-4o, for 12 s\n {2}Waiting {2}gpt-4o-mini, for 3 s\n +and 2 more/);
  });

  it("says what a broken-off call leaves behind, what the server said, and where nothing is counted", () => {
    const lines = (more: object): string =>
      plain(statusLines({ tier: paidTier }, { ...status, windows: [], calls: [], ...more }, view(80)));
    expect(lines({ waiting: 0 })).toMatch(
      /Nothing is counted[\s\S]*Running {2}1 call that was broken off[\s\S]*Waiting {2}none/,
    );
    expect(lines({ blockedUntil: new Date(NOW + 60_000) })).toMatch(
      /Used up, according to the server[\s\S]*asked\s+again\s+in 1 min/,
    );
    expect(lines({ paymentRequired: true })).toMatch(
      /Closed: the provider requires payment [\s\S]* laplas doctor --resume/,
    );
  });

  it("fits into a narrow terminal", () => {
    const status45 = { ...status, blockedUntil: new Date(NOW + 60_000) };
    const text = plain(statusLines({ tier: playgroundTier }, status45, view(45)));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(45);
    expect(text).toMatch(/^ {2}█+▓?░+\n {2}37,000 API tokens left of 50,000\n/m);
  });

  it("points to the models for what each has for itself", () => {
    expect(plain(statusLines({ tier: playgroundTier }, status, view(80)))).toContain(
      "daily_requests, for each model by itself",
    );
  });

  it("has the shape of /v1/quota, and the calls", () => {
    expect(statusBody(quotaBody(status, playgroundTier), [status])).toMatchObject({
      object: "quota",
      windows: [{ metric: "api_tokens", resets_at: "2026-11-25T19:48:00.000Z" }],
      per_model: ["daily_requests"],
      blocked_until: null,
      payment_required: false,
      calls: [{ model: "gpt-4o", state: "running", since: "2026-11-25T18:47:48.000Z" }, { state: "waiting" }],
    });
  });
});

it("tells what was used by any caller, in the shape of /v1/quota", async () => {
  const shell = await openShell();
  await shell.run(["chat", "Hello"]);
  expect(await shell.json(["status"])).toMatchObject({
    object: "quota",
    tier: "free",
    windows: [{ rule: "daily_api_tokens", metric: "api_tokens", limit: 50_000, used: 16, held: 0, left: 49_984 }],
    per_model: [],
    running: 0,
    waiting: 0,
    blocked_until: null,
    payment_required: false,
    calls: [],
  });
  const { code, stdout } = await shell.run(["status"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^laplas free tier\n\n {2}█{31}░ {2}49,984 API tokens left of 50,000\n.*16 used; all back in /,
  );
  expect(stdout).not.toContain(ESCAPE);
});

it("needs no key: nothing is used then", async () => {
  const shell = await openShell();
  const environment = { LAPLAS_API_KEY: "" };
  const { code, stdout, stderr } = await shell.run(["status"], { environment });
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/There is no key, so this assumes that nothing is used yet\./),
  ]);
  expect(stdout).toContain("50,000 API tokens left of 50,000");
});

it("has colours in a terminal, unless they are not wanted, and no blocks where there are none", async () => {
  const shell = await openShell();
  const shown = async (environment: Record<string, string>, columns?: number): Promise<string> =>
    (await shell.run(["status"], { environment, ...(columns === undefined ? {} : { columns }) })).stdout;
  expect(await shown({}, 100)).toContain(`${ESCAPE}[1m50,000 API tokens left`);
  expect(await shown({ FORCE_COLOR: "1" })).toContain(`${ESCAPE}[1m50,000 API tokens left`);
  const colourless: Record<string, string>[] = [{ NO_COLOR: "1" }, { TERM: "dumb" }, { FORCE_COLOR: "0" }];
  for (const environment of colourless) {
    const plainly = await shown(environment, 100);
    expect(plainly).toMatch(/(█|#){32} {2}50,000 API tokens left/);
    expect(plainly).not.toContain(ESCAPE);
  }
  expect(await shown({ LANG: "C" })).toContain("######## ");
});

it("watches until Ctrl-C: who runs, then what it cost", async () => {
  const shell = await openShell();
  const held = holdAnswer(shell.sandbox);
  const watch = shell.start(["status", "--watch", "--json"]);
  await watch.until("stdout", /"used":0.*\n/);
  const call = shell.start(["chat", "-m", "gpt-4o", "Hello"]);
  await watch.until("stdout", /"calls":\[{"model":"gpt-4o","state":"running".*\n/);
  held.release();
  expect(await call.ended).toBe(0);
  await watch.until("stdout", /"used":[1-9].*\n/);
  watch.signal("SIGINT");
  expect(await watch.ended).toBe(0);
  const lines = watch.stdout().trim().split("\n");
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ object: "quota" });
});

it("is 3 on a used-up quota and says when it resets, and so do the others", async () => {
  const shell = await openShell();
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 20, period: { type: "day" } };
  const evidence = { source: "the test", date: "2026-11-25", status: "assumed" };
  const tier = { name: "tiny", title: "tiny tier", extends: "free", rules: [{ ...rule, evidence }] };
  shell.write("laplas.config.json", JSON.stringify({ tier }));
  for (let call = 0; call < 2; call += 1) expect((await shell.run(["chat", "Hello"])).code).toBe(0);
  const chat = await shell.run(["chat", "Hello"]);
  expect(chat.code).toBe(3);
  expect(chat.stderr).toMatch(/^laplas: tiny tier: .* It will reset in .* \(\d\d:\d\d [^)]*\)\..*\n$/);
  // A model that costs nothing is stopped by the same rule.
  expect(chat.stderr).not.toContain("costs 0");
  const status = await shell.run(["status"]);
  expect(status.code).toBe(3);
  expect(status.stdout).toMatch(/░{32} {2}0 API tokens left of 20/);
  const check = await shell.run(["check", "-p", "Hello", "--json"]);
  expect(check.code).toBe(3);
  expect(JSON.parse(check.stdout)).toMatchObject({
    object: "check",
    verdict: "refuse",
    error: { code: "daily_quota", resets_at: expect.stringMatching(/^\d{4}-/), rule: "daily_api_tokens" },
  });
  expect((await shell.run(["doctor"])).stdout).toMatch(/warning {2}budget .*is used up; all back in /);
  expect(shell.sandbox.counts().refused).toBe(0);
});
