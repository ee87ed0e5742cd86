import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it, test } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { KEY, openShell, PROMPT, type Shell } from "../testing/open-shell.js";

/** An answer of more than 500 chunks. */
const LONG = "write 2000 words about mills";
const HELLO = "Hello there! How can I help you today?";

it("prints the answer and nothing else into a pipe", async () => {
  expect(await (await openShell()).run(["chat", "Hello"])).toEqual({ code: 0, stdout: `${HELLO}\n`, stderr: "" });
});

it("says in a pipe that --max-tokens was changed", async () => {
  const shell = await openShell();
  const { code, stdout, stderr } = await shell.run(["chat", "--max-tokens", "4000", "Hello"]);
  expect([code, stdout]).toEqual([0, `${HELLO}\n`]);
  expect(stderr).toMatch(/^16 API tokens · .* · max_tokens=512 \(output_tokens\)\n$/);
  expect((await shell.run(["chat", "--max-tokens", "100", "Hello"])).stderr).toBe("");
  // Continued, it may become that long.
  const continued = ["--max-tokens", "900", "--continue-at-cap", "8"];
  expect((await shell.run(["chat", ...continued, "Hello"])).stderr).toBe("");
});

it.each(["9", "-1", "warm"])("takes a temperature of %s as a wrong argument", async (temperature) => {
  const shell = await openShell();
  const { code, stderr } = await shell.run(["chat", "Hello", "--temperature", temperature]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/temperature.*must be a number from 0 to 2/)]);
  expect(shell.sandbox.counts().received).toBe(0);
});

it("asks what is piped in, beside words only where - stands", async () => {
  const shell = await openShell();
  await shell.run(["chat", "-s", "Be brief."], { input: "Hello\n" });
  await shell.run(["chat", "Explain:", "-"], { input: "some text\n" });
  // An open pipe that never ends is left alone.
  expect((await shell.run(["chat", "Hello"], { input: "open" })).code).toBe(0);
  expect(shell.sandbox.requests.map(({ body }) => (body as { messages: unknown }).messages)).toEqual([
    [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello" },
    ],
    [{ role: "user", content: "Explain: \n\nsome text" }],
    [{ role: "user", content: "Hello" }],
  ]);
  const nothing = await shell.run(["chat"]);
  expect([nothing.code, nothing.stderr]).toEqual([
    2,
    "laplas: There is nothing to ask. Give a prompt, or pipe one in.\n",
  ]);
});

it("says in a terminal that it waits for what is typed", async () => {
  const shell = await openShell();
  const run = shell.start(["chat", "Explain:", "-"], { columns: 100, input: "open", environment: { NO_COLOR: "1" } });
  await run.until("stderr", /^Reading what you type, until Ctrl-D\.\n/);
  run.stdin.end("some text\n");
  expect(await run.ended).toBe(0);
  expect(shell.sandbox.requests.at(-1)?.body).toMatchObject({ messages: [{ content: "Explain: \n\nsome text" }] });
});

it("is an object as JSON", async () => {
  const shell = await openShell();
  expect(await shell.json(["chat", "Hello", "--max-tokens", "9000"])).toMatchObject({
    object: "chat",
    model: expect.stringContaining("gpt-4o-mini"),
    content: HELLO,
    reasoning: null,
    finish_reason: "stop",
    report: {
      api_tokens: 16,
      estimated: false,
      adjusted: ["max_tokens=512"],
      remaining: 49_984,
      truncated_by_tier: false,
    },
  });
});

it("says after an answer that it was cut", async () => {
  const { stdout, stderr } = await (await openShell()).run(["chat", LONG]);
  expect(stdout).toMatch(/\S\n$/);
  expect(stderr).toMatch(/^laplas: An answer was cut at the tier's limit of output tokens\..*\n$/);
});

it("tells in a terminal what an answer cost, what was changed, and whether it was cut, after the answer", async () => {
  const shell = await openShell();
  const run = shell.start(["chat", "--max-tokens", "4000", LONG], { columns: 100, environment: { NO_COLOR: "1" } });
  expect(await run.ended).toBe(0);
  expect(run.screen()).toMatch(
    /\nlaplas: An answer was cut .*\n[\d,]+ API tokens · .* · max_tokens=512 \(output_tokens\) · cut at the tier's output limit\n$/,
  );
});

it("fails with 1 for good and 3 for now, as JSON too, and never with a stack, the key or the prompt", async () => {
  const shell = await openShell();
  const fatal = await shell.run(["chat", "-m", "veo2", "--json", PROMPT]);
  expect(fatal.code).toBe(1);
  expect(JSON.parse(fatal.stdout)).toMatchObject({
    object: "error",
    error: { code: "model_not_on_tier", retryable: false, retry_after_ms: null },
  });
  shell.sandbox.fault({ kind: "serverError" }, { times: 3 });
  const later = await shell.run(["chat", PROMPT]);
  expect(later.code).toBe(3);
  shell.sandbox.fault({ kind: "respond", status: 401, body: { message: `bad key ${KEY} for "${PROMPT}"` } });
  const refused = await shell.run(["chat", PROMPT]);
  expect(refused.code).toBe(1);
  for (const { stdout, stderr } of [fatal, later, refused]) {
    expect(stderr).toMatch(/^laplas: .*\n$/);
    expect(stdout + stderr).not.toContain(KEY);
    expect(stdout + stderr).not.toContain(PROMPT);
  }
});

describe("an answer that is ended in its middle", () => {
  /** The account as the server has it, and room for the next call: nothing is left behind, here or there. */
  async function expectAccountKept(shell: Shell): Promise<void> {
    await shell.sandbox.idle();
    expect(shell.sandbox.used()).toBeGreaterThan(0);
    expect(await shell.json(["status"])).toMatchObject({
      windows: [{ used: shell.sandbox.used(), held: 0 }],
      running: 0,
    });
    expect((await shell.run(["chat", "Hello"])).code).toBe(0);
    expect(shell.sandbox.counts().refused).toBe(0);
  }

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s is paid for, and leaves with %i", async (signal, code) => {
    const shell = await openShell();
    const held = holdAnswer(shell.sandbox, { afterChunks: 100 });
    const run = shell.start(["chat", LONG]);
    const runningAtEnd = run.ended.then(() => shell.sandbox.running());
    await run.until("stdout", /mills/);
    run.signal(signal);
    await setImmediate();
    held.release();
    expect(await run.ended).toBe(code);
    expect(await runningAtEnd).toBe(0);
    expect(run.stderr()).toBe("");
    await expectAccountKept(shell);
  });

  it("by a closed pipe is paid for, and leaves with 0", async () => {
    const shell = await openShell();
    const held = holdAnswer(shell.sandbox, { afterChunks: 100 });
    let text = "";
    const stdout = new Writable({
      write(piece, _, done) {
        done(text.includes("mills") ? Object.assign(new Error("write EPIPE"), { code: "EPIPE" }) : null);
        text += piece;
      },
    });
    const closed = new Promise((resolve) => stdout.on("close", resolve));
    const run = shell.start(["chat", LONG], { stdout });
    const runningAtEnd = run.ended.then(() => shell.sandbox.running());
    await closed;
    await setImmediate();
    held.release();
    expect(await run.ended).toBe(0);
    expect(await runningAtEnd).toBe(0);
    expect(run.stderr()).toBe("");
    await expectAccountKept(shell);
  });

  it("by two signals is not waited for", async () => {
    const shell = await openShell();
    const held = holdAnswer(shell.sandbox, { afterChunks: 100 });
    const run = shell.start(["chat", LONG], { columns: 100, environment: { LAPLAS_LEDGER: "memory" } });
    await run.until("stdout", /mills/);
    run.signal("SIGTERM");
    // A person is told what is waited for.
    await run.until("stderr", /Ending, as soon as it is known what that cost\. Ctrl-C ends it now\./);
    run.signal("SIGINT");
    expect(await run.ended).toBe(130);
    held.release();
    await shell.sandbox.idle();
  });
});
