import type { Progress } from "@modelcontextprotocol/client";
import type { ServerContext } from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { holdAnswer } from "../testing/hold-answer.js";
import { openGateway } from "../testing/open-gateway.js";
import { connectBy, connectHttp, connectStdio, WAYS } from "../testing/open-mcp.js";
import { runTool } from "./run-tool.js";
import { openScene } from "./scene.js";

const ask = { name: "ask_model", arguments: { prompt: "Hello" } };

it.each(["http, 2026", "stdio, 2025", "stdio, 2026"] as const)(
  "over %s a client that cancels ends its call, which is settled, and the next one passes",
  async (way) => {
    const opened = await openGateway();
    const { laplas, sandbox, lines } = opened;
    const client = await connectBy(way, opened);
    const held = holdAnswer(sandbox);
    const controller = new AbortController();
    const call = client.callTool(ask, { signal: controller.signal });
    await held.arrived;
    controller.abort(new Error("changed my mind"));
    await expect(call).rejects.toThrow();
    // Released before the server knows, the call would be answered.
    await expect.poll(() => lines.some(({ outcome }) => outcome === "aborted")).toBe(true);
    held.release();
    await sandbox.idle();
    const result = await client.callTool(ask);
    expect(result.isError ?? false).toBe(false);
    const ended = lines.filter(({ message }) => message === "call").map(({ outcome }) => outcome);
    expect(ended).toEqual(["aborted", "answered"]);
    expect(sandbox.counts().refused).toBe(0);
    expect((await laplas.status()).windows[0]?.used).toBeGreaterThanOrEqual(16);
  },
);

it("over HTTP of 2025 the closed request ends the call", async () => {
  const { gateway, sandbox, lines } = await openGateway();
  const held = holdAnswer(sandbox);
  const controller = new AbortController();
  const request = new Request("http://127.0.0.1:4114/mcp", {
    method: "POST",
    headers: {
      host: "127.0.0.1:4114",
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: ask }),
    signal: controller.signal,
  });
  await gateway.fetch(request);
  await held.arrived;
  controller.abort();
  await expect.poll(() => lines.find(({ message }) => message === "call")).toMatchObject({ outcome: "aborted" });
});

it("a call that is cancelled in the queue is never sent", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  const held = holdAnswer(sandbox);
  const first = client.callTool(ask);
  await held.arrived;
  const controller = new AbortController();
  const second = client.callTool(ask, { signal: controller.signal });
  await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
  controller.abort();
  await expect(second).rejects.toThrow();
  await expect.poll(async () => (await laplas.status()).waiting).toBe(0);
  held.release();
  await first;
  expect(sandbox.counts().received).toBe(1);
});

describe.each(WAYS)("over %s", (way) => {
  it("a client that asks for it hears at once what its call waits for", async () => {
    const opened = await openGateway();
    const [one, other] = [await connectBy(way, opened), await connectBy(way, opened)];
    const held = holdAnswer(opened.sandbox);
    const first = one.callTool(ask);
    await held.arrived;
    const heard = Promise.withResolvers<Progress>();
    const second = other.callTool(ask, { onprogress: heard.resolve });
    expect(await heard.promise).toEqual({ progress: 1, message: "Waiting its turn: next in the queue." });
    held.release();
    await Promise.all([first, second]);
    await opened.sandbox.idle();
    expect(opened.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });
});

it("hears on while it waits, and no more after the answer", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas, { progressMs: 5 });
  const held = holdAnswer(sandbox);
  const first = client.callTool(ask);
  await held.arrived;
  const heard: Progress[] = [];
  const second = client.callTool(ask, { onprogress: (progress) => void heard.push(progress) });
  await expect.poll(() => heard.length).toBeGreaterThan(3);
  held.release();
  await Promise.all([first, second]);
  const { length } = heard;
  expect(heard[1]?.message).toMatch(/^\d+ s: 1 call running on this account, 1 waiting\.$/);
  expect(heard.map(({ progress }) => progress)).toEqual(heard.map((_, index) => index + 1));
  await client.callTool({ name: "quota", arguments: {} });
  expect(heard.length).toBe(length);
});

it("a client that did not ask for it hears nothing", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client, stdout } = await connectStdio(laplas, { progressMs: 1 });
  let said = "";
  stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const held = holdAnswer(sandbox);
  const calls = [client.callTool(ask), client.callTool(ask)];
  await held.arrived;
  await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
  held.release();
  await Promise.all(calls);
  expect(said).not.toContain("notifications/progress");
});

it("two clients at once share the account: nothing is refused upstream", async () => {
  const { gateway, laplas, sandbox } = await openGateway();
  const clients = [await connectHttp(gateway), (await connectStdio(laplas)).client];
  const calls = clients.flatMap((client) =>
    Array.from({ length: 6 }, (_, index) =>
      client.callTool(
        index % 2 === 0 ? ask : { name: "draw_image", arguments: { prompt: `boat ${index}`, as: "link" } },
      ),
    ),
  );
  for (const result of await Promise.all(calls)) expect(result.isError ?? false).toBe(false);
  await sandbox.idle();
  expect(sandbox.counts()).toMatchObject({ received: 12, answered: 12, refused: 0 });
});

it("keeps no call that has ended", async () => {
  const { laplas } = await openGateway();
  const scene = await openScene({ laplas });
  const context = { mcpReq: { signal: new AbortController().signal } } as ServerContext;
  const results = [
    runTool(scene, context, async () => ({ content: [] })),
    runTool(scene, context, () => Promise.reject()),
  ];
  expect(scene.running.size).toBe(2);
  await Promise.all(results);
  expect(scene.running.size).toBe(0);
});
