import { expect, it, test } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { openShell, PROMPT } from "../testing/open-shell.js";
import { plain } from "../testing/plain.js";
import { adjustmentText } from "./adjustment-text.js";
import { checkLines } from "./check-lines.js";
import { requestOf } from "./check-request.js";
import { longAnswerText } from "./cost-text.js";

const NOW = Date.UTC(2026, 10, 25, 18, 48);

it("asks what the flags say, of the kind they say", () => {
  expect(requestOf(undefined, { maxTokens: 9 })).toEqual({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "Hello" }],
    max_tokens: 9,
  });
  expect(requestOf(undefined, { kind: "image", prompt: "a cat", size: "9x9", count: 2, model: "m" })).toEqual({
    model: "m",
    prompt: "a cat",
    size: "9x9",
    n: 2,
  });
  expect(requestOf(undefined, { kind: "embedding", prompt: "a" })).toEqual({
    model: "text-embedding-3-small",
    input: "a",
  });
});

it("changes of a file only what the flags say", () => {
  expect(requestOf({ model: "a", messages: [], max_tokens: 5 }, { model: "b", prompt: "x" })).toEqual({
    model: "b",
    messages: [],
    max_tokens: 5,
  });
});

test.each([
  [
    { verdict: "wait", adjusted: [], position: 2 },
    /^Would wait its turn\.[\s\S]*Before it {2}2 calls\n {2}Passes +when a running call ends/,
  ],
  [{ verdict: "wait", adjusted: [], position: 0, waitMs: 48_001 }, /^Would wait 49 s\.[\s\S]*Before it {2}0 calls/],
  [{ verdict: "wait", adjusted: [], position: 0, waitMs: 119_001 }, /^Would wait 2 min\./],
  [
    { verdict: "pass", adjusted: [], cost: { expected: 16, worst: 648, unit: "API tokens" } },
    /at once[\s\S]*about 16 API tokens, at most 648/,
  ],
  [{ verdict: "pass", adjusted: [], cost: { expected: 1, worst: 1, unit: "neurons" } }, /Cost {2}1 neuron$/],
  [
    {
      verdict: "refuse",
      adjusted: [],
      error: { code: "daily_quota", message: "spent", retryable: false, resetsAt: new Date(NOW + 60_000) },
    },
    /^Would have to wait 1 min: refused until then\.[\s\S]*Passes {2}in 1 min/,
  ],
  [
    { verdict: "refuse", adjusted: [], error: { code: "busy", message: "b", retryable: true, retryAfterMs: 2_000 } },
    /^Would have to wait 2 s: refused until then\.[\s\S]*Passes {2}in 2 s/,
  ],
  [
    { verdict: "refuse", adjusted: [], error: { code: "image_input", message: "b", retryable: false } },
    /^Would not be sent\.[\s\S]*never, on this tier/,
  ],
  [
    { verdict: "refuse", adjusted: [], error: { code: "model_not_on_tier", message: "b", retryable: false } },
    /with another model/,
  ],
  [
    { verdict: "refuse", adjusted: [], error: { code: "invalid_request", message: "b", retryable: false } },
    /once that is fixed/,
  ],
] as const)("%o", (result, text) => expect(plain(checkLines(result, NOW, 80))).toMatch(text));

it("says when the longest answer would cost more than is left", () => {
  const result = {
    verdict: "pass",
    adjusted: [],
    cost: { expected: 16, worst: 60_000, unit: "API tokens" },
  } as const;
  expect(plain(checkLines(result, NOW, 80, { left: 50_000 }))).toMatch(
    /Cost {2}about 16 API tokens, at most 60,000: more than the 50,000 left$/,
  );
  expect(plain(checkLines(result, NOW, 80, { left: 60_000 }))).toMatch(/at most 60,000$/);
});

it("takes what is left from the account, and needs something to check", async () => {
  const shell = await openShell();
  const dear = await shell.run(["check", "-m", "gpt-4", "-p", "word ".repeat(2_000), "--max-tokens", "512"]);
  expect([dear.code, dear.stdout]).toEqual([0, expect.stringMatching(/at most [\d,]+: more than the\s+50,000 left/)]);
  const nothing = await shell.run(["check"]);
  expect([nothing.code, nothing.stdout, nothing.stderr]).toEqual([2, "", expect.stringMatching(/nothing to check/)]);
});

it("says at which of several providers a model would be asked", () => {
  const result = { verdict: "pass", provider: "groq", model: "openai/gpt-oss-20b", adjusted: [] } as const;
  expect(plain(checkLines(result, NOW, 80, { isOfSeveral: true }))).toMatch(/Model +groq\/openai\/gpt-oss-20b$/);
  expect(plain(checkLines(result, NOW, 80))).toMatch(/Model +openai\/gpt-oss-20b$/);
});

it("tells what is changed in words, and lets no model name at the terminal", () => {
  expect(adjustmentText({ field: "n", to: "n=3_requests", rule: "image_count" })).toBe(
    "3 calls, one after another (image_count)",
  );
  expect(adjustmentText({ field: "seed", to: "seed=1", rule: "dialect", changesAnswer: true })).toBe(
    "seed=1, the least that this model takes",
  );
  expect(adjustmentText({ field: "role", to: "role=system", rule: "dialect" })).toBe("role=system");
  const error = {
    code: "model_not_on_tier",
    message: "no \u001b[31mmodel\u001b]0;x\u0007",
    retryable: false,
  } as const;
  const text = plain(checkLines({ verdict: "refuse", model: "a\u001b[2Jb", adjusted: [], error }, NOW, 80));
  expect(text).toMatch(/Model +a \[2Jb\n[\s\S]*Why +no +\[31mmodel \]0;x/);
});

it.each<[string, object, string]>([
  ["an estimate always", {}, "about 900 API tokens; 2 % of a day"],
  [
    "what is beyond the budget",
    { shareOfLeft: 1.5 },
    "about 900 API tokens; 2 % of a day. More than is left: it would end early (budget)",
  ],
  ["what is just within it", { shareOfLeft: 1 }, "about 900 API tokens; 2 % of a day"],
  [
    "what no day allows",
    { shareOfDay: 1.5, shareOfLeft: 3 },
    "about 900 API tokens; 150 % of a day. More than a day has: it would end early (budget)",
  ],
])("says of a long answer %s", (_, fields, text) => {
  const long = { parts: 2, tokens: 1_000, expected: 900, worst: 900, unit: "API tokens", shareOfDay: 0.02, ...fields };
  expect(longAnswerText(long)).toEqual([["If long", `1,000 model tokens in 2 requests: ${text}`]]);
});

it("says what would be changed and what it would cost, and sends nothing", async () => {
  const shell = await openShell();
  const { code, stdout } = await shell.run(["check", "-m", "gpt-4o", "-p", PROMPT, "--max-tokens", "4000"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Would be sent at once\.\n\n {2}Model +gpt-4o\n {2}Changed +max_tokens=512 \(output_tokens\)\n {2}Cost +about [\d,]+ API tokens, at most [\d,]+\n$/,
  );
  expect(shell.sandbox.counts().received).toBe(0);
});

it("takes a body from a file or a pipe, with a model in place of its own", async () => {
  const shell = await openShell();
  const part = { type: "image_url", image_url: { url: "https://example.org/a.png" } };
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: [part] }] });
  shell.write("body.json", body);
  const refused = await shell.run(["check", "body.json"]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(
    /^Would not be sent\.\n[\s\S]*Why +laplas free tier: [\s\S]*Passes +never, on this tier/,
  );
  const piped = await shell.json(["check", "-", "--model", "veo2"], { input: body });
  expect(piped).toMatchObject({ verdict: "refuse", error: { code: "model_not_on_tier" } });
  const broken = await shell.run(["check", "-"], { input: `{"prompt": "${PROMPT}"` });
  expect([broken.code, broken.stderr]).toEqual([2, "laplas: stdin is not valid JSON from line 1 on.\n"]);
});

it("waits where another call is under way, and says so with 3", async () => {
  const shell = await openShell();
  const held = holdAnswer(shell.sandbox);
  const call = shell.start(["chat", "Hello"]);
  await held.arrived;
  const waiting = await shell.run(["check", "-p", "Hello"]);
  expect([waiting.code, waiting.stdout]).toEqual([3, expect.stringMatching(/^Would wait its turn\./)]);
  held.release();
  expect(await call.ended).toBe(0);
});

it("refuses a prompt that is longer than the model's context", async () => {
  const shell = await openShell();
  const { code, stdout } = await shell.run(["check", "-m", "gpt-4", "-p", "ab ".repeat(30_000)]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Would not be sent\.\n[\s\S]*maximum context length[\s\S]*Passes +once that is fixed/);
  expect(shell.sandbox.counts().received).toBe(0);
});
