import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { type CommandRun, KEY, openShell, PROMPT } from "../testing/open-shell.js";

const HELLO = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
const ASK = { name: "ask_model", arguments: { prompt: PROMPT } };

/** Writes a request of MCP's. */
function send({ stdin }: CommandRun, id: number, method: string, params: object = {}): void {
  stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
}

/** Waits for the answer to a request. */
async function answer(run: CommandRun, id: number): Promise<Record<string, unknown>> {
  const [line] = await run.until("stdout", new RegExp(`^.*"id":${id}\\b.*$`, "m"));
  return JSON.parse(line) as Record<string, unknown>;
}

it("answers on stdout with the protocol alone, logs on stderr without key and prompt, and ends with its input", async () => {
  const shell = await openShell();
  const run = shell.start(["mcp"], { input: "open" });
  send(run, 1, "initialize", HELLO);
  expect(await answer(run, 1)).toMatchObject({ result: { serverInfo: { name: "laplas" } } });
  send(run, 2, "tools/call", ASK);
  expect(await answer(run, 2)).toMatchObject({ result: { structuredContent: { provider: "laplas" } } });
  run.stdin.end();
  expect(await run.ended).toBe(0);
  for (const line of run.stdout().trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("jsonrpc", "2.0");
  expect(run.stderr()).toMatch(/^\d\d:\d\d:\d\d call .*outcome=answered/);
  for (const secret of [KEY, "heron"]) expect(run.stderr()).not.toContain(secret);
});

describe.each([
  ["the end of its input", 0, (run: CommandRun) => void run.stdin.end()],
  ["Ctrl-C", 130, (run: CommandRun) => run.signal("SIGINT")],
  ["SIGTERM", 143, (run: CommandRun) => run.signal("SIGTERM")],
])("%s", (_, code, end) => {
  it(`ends it with ${code}, and what the running call cost is put down`, async () => {
    const shell = await openShell();
    const held = holdAnswer(shell.sandbox);
    const run = shell.start(["mcp"], { input: "open" });
    send(run, 1, "initialize", HELLO);
    send(run, 2, "tools/call", ASK);
    await held.arrived;
    end(run);
    expect(await run.ended).toBe(code);
    held.release();
    await shell.sandbox.idle();
    const { windows } = (await shell.json(["status"])) as { windows: { used: number; held: number }[] };
    expect(windows[0]).toMatchObject({ used: expect.any(Number), held: 0 });
    expect(windows[0]?.used).toBeGreaterThan(0);
  });
});

it("continues answers, and logs nothing, where that is asked", async () => {
  const shell = await openShell();
  const text = longText({ tokens: 1_200 });
  shell.sandbox.write({ text });
  const run = shell.start(["mcp", "--continue-at-cap", "8", "--log", "off"], { input: "open" });
  send(run, 1, "initialize", HELLO);
  send(run, 2, "tools/call", ASK);
  expect(await answer(run, 2)).toMatchObject({ result: { structuredContent: { text, finish_reason: "stop" } } });
  run.stdin.end();
  expect([await run.ended, run.stderr()]).toEqual([0, ""]);
});

it("asks by the names of the configuration", async () => {
  const shell = await openShell();
  shell.write("laplas.config.json", JSON.stringify({ models: { "painter*": "dall-e-2" } }));
  const run = shell.start(["mcp"], { input: "open" });
  send(run, 1, "initialize", HELLO);
  const args = { prompt: "a boat", model: "painter-4", size: "256x256", as: "link" };
  send(run, 2, "tools/call", { name: "draw_image", arguments: args });
  expect(await answer(run, 2)).toMatchObject({ result: { structuredContent: { model: "dall-e-2" } } });
});

it("gives pictures as addresses where that is asked", async () => {
  const shell = await openShell();
  for (const [flags, types] of [
    [[], ["image", "text"]],
    [["--pictures", "link"], ["text"]],
  ] as const) {
    const run = shell.start(["mcp", ...flags], { input: "open" });
    send(run, 1, "initialize", HELLO);
    send(run, 2, "tools/call", { name: "draw_image", arguments: { prompt: "a boat", size: "256x256" } });
    const { result } = (await answer(run, 2)) as { result: { content: { type: string }[] } };
    expect(result.content.map(({ type }) => type)).toEqual(types);
  }
});

it("says in a terminal what it waits for", async () => {
  const shell = await openShell();
  const run = shell.start(["mcp"], { input: "open", columns: 80 });
  await run.until("stderr", /Waits for the messages of an MCP client\. Ctrl-C ends it\./);
  run.signal("SIGINT");
  expect(await run.ended).toBe(130);
});

it("needs a key, or a sandbox", async () => {
  const shell = await openShell();
  const { code, stdout, stderr } = await shell.run(["mcp"], { environment: { LAPLAS_API_KEY: "" } });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("There is no key.");
  const run = shell.start(["mcp", "--sandbox"], { input: "open", environment: { LAPLAS_API_KEY: "" } });
  send(run, 1, "initialize", HELLO);
  send(run, 2, "tools/call", ASK);
  expect(await answer(run, 2)).toMatchObject({ result: { structuredContent: { provider: "laplas" } } });
});
