import { once } from "node:events";
import { createLaplas } from "@laplas/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { spawnLaplas } from "../spawn-laplas.ts";
import { connectCommand, KEY, openPlace, REVISIONS } from "./open-mcp.ts";

const PROMPT = "Where does the heron of the mill sleep?";
const ask = { name: "ask_model", arguments: { prompt: PROMPT } };

describe.each(REVISIONS)("laplas mcp in revision %s", (_, mode) => {
  it("answers a client of the SDK, and ends when that closes", async () => {
    const place = await openPlace();
    const { client, transport, stderr } = await connectCommand(place, mode);
    expect((await client.listTools()).tools).toHaveLength(5);
    const drawn = await client.callTool({ name: "draw_image", arguments: { prompt: "a boat", size: "256x256" } });
    expect(drawn.content[0]).toMatchObject({ type: "image", mimeType: "image/png" });
    expect((await client.callTool(ask)).structuredContent).toMatchObject({ provider: "laplas" });
    const pid = transport.pid ?? 0;
    await client.close();
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(stderr()).toMatch(/ call .*outcome=answered/);
    for (const secret of [KEY, "heron"]) expect(stderr()).not.toContain(secret);
  });
});

it("two of them at once share the account: nothing is refused upstream", async () => {
  const place = await openPlace();
  const servers = await Promise.all([connectCommand(place), connectCommand(place)]);
  const calls = servers.flatMap(({ client }) => Array.from({ length: 5 }, () => client.callTool(ask)));
  for (const result of await Promise.all(calls)) expect(result.isError ?? false).toBe(false);
  await place.sandbox.idle();
  expect(place.sandbox.counts()).toMatchObject({ received: 10, answered: 10, refused: 0 });
});

const HELLO = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };

it.each([
  ["its input ends", 0],
  ["its output breaks", 0],
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s: it ends with %i, and what the running call cost is put down", async (end, code) => {
  const place = await openPlace();
  const released = Promise.withResolvers<void>();
  onTestFinished(() => released.resolve());
  place.sandbox.fault({ kind: "hold", until: released.promise });
  const { child, until, stdout } = spawnLaplas(["mcp"], place);
  const send = (id: number, method: string, params: object): void =>
    void child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  send(1, "initialize", HELLO);
  await until("stdout", /"serverInfo"/);
  send(2, "tools/call", ask);
  await place.sandbox.received();
  const exited = once(child, "exit");
  if (end === "its input ends") child.stdin?.end();
  else if (end === "its output breaks") {
    child.stdout?.destroy();
    // It notices with the next answer.
    send(3, "tools/list", {});
  } else child.kill(end);
  expect((await exited)[0]).toBe(code);
  for (const line of stdout().trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("jsonrpc", "2.0");
  const { LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: ledger } = place.environment;
  const laplas = createLaplas({ apiKey: KEY, baseURL, ledger: ledger as `sqlite:${string}` });
  onTestFinished(() => laplas.close());
  const { windows } = await laplas.status();
  expect(windows).toMatchObject([{ held: 0, used: expect.any(Number) }]);
  expect(windows[0]?.used).toBeGreaterThan(0);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
