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

it("ends with its input, with its output, and by a signal, and leaves no call that holds the account", async () => {
  const place = await openPlace();
  const initialize = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1" },
  };
  for (const [end, code] of [
    ["input", 0],
    ["output", 0],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const released = Promise.withResolvers<void>();
    // `received` counts from here.
    place.sandbox.reset();
    place.sandbox.fault({ kind: "hold", until: released.promise });
    const { child, until, ended, stdout } = spawnLaplas(["mcp"], place);
    const send = (id: number, method: string, params: object): void =>
      void child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    send(1, "initialize", initialize);
    await until("stdout", /"serverInfo"/);
    send(2, "tools/call", ask);
    await place.sandbox.received();
    if (end === "input") child.stdin?.end();
    else if (end === "output") {
      child.stdout?.destroy();
      send(3, "tools/list", {});
    } else child.kill(end);
    const [exit] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
    expect([end, exit]).toEqual([end, code]);
    for (const line of stdout().trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("jsonrpc", "2.0");
    released.resolve();
    await ended;
    await place.sandbox.idle();
  }
  const laplas = createLaplas({ apiKey: KEY, ledger: place.environment.LAPLAS_LEDGER as `sqlite:${string}` });
  onTestFinished(() => laplas.close());
  // The server may still write the answer of a call that was broken off, so its place is kept for some seconds.
  await expect.poll(() => laplas.status()).toMatchObject({ running: 0, waiting: 0, windows: [{ held: 0 }] });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
