import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createWarnings } from "../terminal/warnings.js";
import { openShell, type RunSettings, type Shell } from "../testing/open-shell.js";
import { memoryOf } from "./last-conversation.js";

const KEPT = "laplas/last-conversation.json";
const IN_TERMINAL: RunSettings = { columns: 100, environment: { NO_COLOR: "1" } };

/** What was asked, with who said it. */
const asked = ({ sandbox }: Shell): unknown =>
  (sandbox.requests as readonly { body: { messages: { role: string; content: string }[] } }[])
    .at(-1)
    ?.body.messages.map(({ role, content }) => `${role}: ${content}`);

it("is gone on with: the same model and system message, and what was said", async () => {
  const shell = await openShell();
  expect((await shell.run(["chat", "-m", "gpt-4o", "-s", "Be brief.", "Hello"], IN_TERMINAL)).code).toBe(0);
  if (process.platform !== "win32") expect(statSync(join(shell.folder, KEPT)).mode & 0o777).toBe(0o600);
  const second = await shell.run(["chat", "-c", "And now?"], { environment: {} });
  expect(second.code).toBe(0);
  expect(shell.sandbox.requests.at(-1)?.body).toMatchObject({ model: "gpt-4o" });
  expect(asked(shell)).toEqual([
    "system: Be brief.",
    "user: Hello",
    expect.stringMatching(/^assistant: Hello there!/),
    "user: And now?",
  ]);
  await shell.run(["chat", "-c", "-s", "Be long.", "-m", "gpt-4o-mini", "More?"]);
  expect(asked(shell)).toHaveLength(6);
  expect(asked(shell)).toEqual(expect.arrayContaining(["system: Be long.", "user: And now?", "user: More?"]));
  expect(shell.sandbox.requests.at(-1)?.body).toMatchObject({ model: "gpt-4o-mini" });
});

it("is replaced by the next one, and goes on in a conversation, which forgets it with /new", async () => {
  const shell = await openShell();
  await shell.run(["chat", "One"], IN_TERMINAL);
  await shell.run(["chat", "Two"], IN_TERMINAL);
  const run = shell.start(["chat", "--continue"], { ...IN_TERMINAL, input: "open" });
  await run.until("screen", /Going on after 2 messages\.\ngpt-4o-mini/);
  run.stdin.write("Three\r");
  await run.until("screen", /API tokens ·/);
  expect(asked(shell)).toEqual(["user: Two", expect.stringMatching(/^assistant: /), "user: Three"]);
  run.stdin.write("/new\r");
  await run.until("screen", /Forgotten\./);
  expect(existsSync(join(shell.folder, KEPT))).toBe(false);
  run.stdin.end();
  await run.ended;
});

it("is not kept of programs, nor where that is not wanted, nor where the call failed", async () => {
  const shell = await openShell();
  await shell.run(["chat", "Hello"]);
  await shell.run(["chat", "--no-keep", "Hello"], IN_TERMINAL);
  await shell.run(["chat", "-m", "veo2", "Hello"], IN_TERMINAL);
  expect(existsSync(join(shell.folder, KEPT))).toBe(false);
  const { code, stderr } = await shell.run(["chat", "-c", "And now?"]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/There is no conversation to go on with/)]);
});

it("is deleted on request", async () => {
  const shell = await openShell();
  await shell.run(["chat", "Hello"], IN_TERMINAL);
  const calls = shell.sandbox.counts().received;
  expect((await shell.run(["chat", "--forget"])).stderr).toBe("The last conversation is deleted.\n");
  expect(existsSync(join(shell.folder, KEPT))).toBe(false);
  expect(await shell.json(["chat", "--forget"])).toEqual({ object: "chat.forgotten", forgotten: false });
  expect(shell.sandbox.counts().received).toBe(calls);
});

it("that can't be read is told with the way out, and one too long is not kept", async () => {
  const shell = await openShell();
  for (const content of ["{", '{"version": 2}', '{"version": 1, "model": "m", "messages": [{"role": "tool"}]}']) {
    shell.write(KEPT, content);
    const { code, stderr } = await shell.run(["chat", "-c", "Hi"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/holds no conversation\. laplas chat --forget deletes it/),
    ]);
  }
  const memory = memoryOf({ environment: { XDG_STATE_HOME: shell.folder }, warnings: createWarnings(() => {}) });
  const keep = (length: number): Promise<void> =>
    memory.keep({ model: "m", messages: [{ role: "user", content: "x".repeat(length) }] });
  await keep(999_000);
  expect(existsSync(join(shell.folder, KEPT))).toBe(true);
  await keep(1_000_000);
  expect(existsSync(join(shell.folder, KEPT))).toBe(false);
});

it("that can't be written is said, and the answer stands", async () => {
  const shell = await openShell();
  shell.write("laplas", "a file where the folder would be");
  const { code, stdout, stderr } = await shell.run(["chat", "Hello"], IN_TERMINAL);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Hello there!/)]);
  expect(stderr).toMatch(/laplas: The conversation is not kept for --continue: E/);
});

it("leaves nothing of what was said where it can't be kept", async () => {
  const { folder } = await openShell();
  // No file can take the place of a folder.
  mkdirSync(join(folder, KEPT), { recursive: true });
  const warnings = createWarnings(() => {});
  const memory = memoryOf({ environment: { HOME: folder, XDG_STATE_HOME: folder }, warnings });
  await memory.keep({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
  expect(readdirSync(dirname(join(folder, KEPT)))).toEqual(["last-conversation.json"]);
});
