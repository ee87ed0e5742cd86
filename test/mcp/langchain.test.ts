import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { createLaplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { ChatLaplas } from "@laplas/langchain";
import { createAgent } from "langchain";
import { describe, expect, it, onTestFinished } from "vitest";
import { COMMAND } from "../spawn-laplas.ts";
import { KEY, openPlace, type Place } from "./open-mcp.ts";

type Servers = ConstructorParameters<typeof MultiServerMCPClient>[0];

const byCommand = ({ environment }: Place, flags: readonly string[]) => ({
  laplas: { command: process.execPath, args: [COMMAND, "mcp", ...flags], env: { ...environment } },
});

async function byAddress({ environment }: Place) {
  const { LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: ledger } = environment;
  const laplas = createLaplas({ apiKey: KEY, baseURL, ledger: ledger as `sqlite:${string}` });
  const gateway = createGateway({ laplas });
  const server = await listen(gateway, { port: 0 });
  onTestFinished(async () => {
    await server.close(0);
    gateway.close();
    await laplas.close();
  });
  return { laplas: { url: `${server.url}/mcp` } };
}

/** The agent and its tools share one account, in two processes or in one. */
async function openAgent(place: Place, servers: Servers) {
  const client = new MultiServerMCPClient(servers);
  onTestFinished(() => client.close());
  const { LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: ledger } = place.environment;
  const model = new ChatLaplas({
    model: "gpt-4o-mini",
    apiKey: KEY,
    baseURL,
    ledger: ledger as `sqlite:${string}`,
  });
  const tools = await client.getTools();
  return { agent: createAgent({ model, tools }), tools };
}

const ask = { messages: [{ role: "user" as const, content: "Draw a lighthouse" }] };

describe.each([
  ["over HTTP", async (place: Place) => ({ mcpServers: await byAddress(place) })],
  ["over stdio, with links", async (place: Place) => ({ mcpServers: byCommand(place, ["--pictures", "link"]) })],
  [
    "over stdio, with pictures as artifacts",
    async (place: Place) => ({ mcpServers: byCommand(place, []), outputHandling: { image: "artifact" as const } }),
  ],
])("an agent of LangChain %s", (way, serversOf) => {
  it("draws a picture, and goes on", async () => {
    const place = await openPlace();
    const { agent } = await openAgent(place, await serversOf(place));
    const values = { prompt: "a lighthouse", size: "256x256" };
    place.sandbox.write({ tool: "draw_image", text: JSON.stringify(values) });
    place.sandbox.write({ text: "Here it is." });
    const { messages } = await agent.invoke(ask);
    expect(messages.map((message) => message.getType())).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages.at(-1)?.content).toBe("Here it is.");
    const drawn = messages[2];
    const [url = ""] = /http:\/\/[^\s"\\]+\.png/.exec(JSON.stringify(drawn?.content)) ?? [];
    expect((await fetch(url)).headers.get("content-type")).toBe("image/png");
    const { artifact } = drawn as unknown as { artifact: { type: string }[] };
    expect(artifact.some(({ type }) => type === "image")).toBe(way.endsWith("artifacts"));
    expect(place.sandbox.counts()).toMatchObject({ received: 3, answered: 3, refused: 0 });
  });

  it("hears what to do of a call that the tier refuses, and nothing is sent for it", async () => {
    const place = await openPlace();
    const { tools } = await openAgent(place, await serversOf(place));
    const draw = tools.find(({ name }) => name === "draw_image");
    await expect(draw?.invoke({ prompt: "a boat", model: "nobody-draws-1" })).rejects.toThrow(
      /Do not retry: .*no model/,
    );
    expect(place.sandbox.counts().received).toBe(0);
  });
});
