import { createLaplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { describe, expect, it, onTestFinished } from "vitest";
import { runProgram } from "../readme-blocks.ts";
import { connectAddress, KEY, openPlace, REVISIONS } from "./open-mcp.ts";

const TOKEN = "token-of-the-agent-1";
const ask = { name: "ask_model", arguments: { prompt: "Hello" } };

async function openServer() {
  const { sandbox } = await openPlace();
  const laplas = createLaplas({ apiKey: KEY, baseURL: sandbox.baseURL, ledger: "memory" });
  const gateway = createGateway({ laplas, clients: [{ name: "agent", token: TOKEN }] });
  const server = await listen(gateway, { port: 0 });
  onTestFinished(async () => {
    await server.close(0);
    gateway.close();
    await laplas.close();
  });
  const outcomes: string[] = [];
  laplas.onEvent((event) => {
    if (event.type === "call") outcomes.push(event.outcome);
  });
  return { sandbox, laplas, server, outcomes };
}

describe.each(REVISIONS)("the gateway's /mcp on a socket, in revision %s", (_, mode) => {
  it("answers a client with a token, and no other", async () => {
    const { server, sandbox } = await openServer();
    await expect(connectAddress(server.url, mode)).rejects.toThrow();
    const client = await connectAddress(server.url, mode, TOKEN);
    const { images } = (await client.callTool({ name: "draw_image", arguments: { prompt: "a boat", size: "256x256" } }))
      .structuredContent as { images: { url: string }[] };
    expect((await fetch(images[0]?.url ?? "")).headers.get("content-type")).toBe("image/png");
    expect((await client.callTool(ask)).isError ?? false).toBe(false);
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("a closed connection ends its call, and the next one passes", async () => {
    const { server, sandbox, outcomes } = await openServer();
    const released = Promise.withResolvers<void>();
    onTestFinished(() => released.resolve());
    sandbox.fault({ kind: "hold", until: released.promise });
    const controller = new AbortController();
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const isModern = mode !== "legacy";
    const params = { ...ask, ...(isModern ? { _meta: meta } : {}) };
    const asking = fetch(`${server.url}/mcp`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...(isModern
          ? { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "ask_model" }
          : {}),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
      signal: controller.signal,
    }).then((response) => response.text());
    await sandbox.received();
    controller.abort();
    await expect(asking).rejects.toThrow();
    await expect.poll(() => outcomes).toEqual(["aborted"]);
    released.resolve();
    const client = await connectAddress(server.url, mode, TOKEN);
    expect((await client.callTool(ask)).isError ?? false).toBe(false);
    await sandbox.idle();
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("a client that listens for changes is told at once that there are none: it holds no connection", async () => {
    const { server } = await openServer();
    const client = await connectAddress(server.url, mode, TOKEN);
    await client.listTools();
    await client.close();
    await expect.poll(() => server.running).toBe(0);
  });
});

it("a gateway and a command that nobody asks by MCP load nothing of it", async () => {
  const program = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ resolve(specifier, context, next) {
      if (specifier.startsWith("@modelcontextprotocol/")) loaded.push(specifier);
      return next(specifier, context);
    } });
    const { createLaplas } = await import("@laplas/core");
    const { createGateway } = await import("@laplas/gateway");
    const laplas = createLaplas();
    const gateway = createGateway({ laplas });
    const ask = (path, init) => gateway.fetch(new Request("http://127.0.0.1" + path, { headers: { host: "127.0.0.1" }, ...init }));
    await ask("/v1/models");
    console.log("before", loaded.length);
    await ask("/mcp");
    console.log("before", loaded.length);
    await ask("/mcp", { method: "POST", headers: { host: "127.0.0.1", "content-type": "application/json" }, body: "{}" });
    console.log("after", loaded.length > 0);
    await laplas.close();
  `;
  expect((await runProgram(program)).stdout).toBe("before 0\nbefore 0\nafter true\n");
});
