import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openGateway } from "../testing/open-gateway.js";
import { connectBy, connectHttp, textsOf, WAYS } from "../testing/open-mcp.js";
import { VERSION } from "./version.js";

describe.each(WAYS)("over %s", (way) => {
  it("lists the tools, each with a title, what it does, its schemas and its kind", async () => {
    const opened = await openGateway();
    const client = await connectBy(way, opened);
    expect(client.getServerVersion()).toMatchObject({ name: "laplas" });
    expect(client.getInstructions()).toContain("laplas free tier");
    const { tools } = await client.listTools();
    const asks = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
    const looks = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
    expect(tools.map(({ name, annotations }) => [name, annotations])).toEqual([
      ["draw_image", asks],
      ["ask_model", asks],
      ["embed_texts", asks],
      ["quota", looks],
      ["plan", looks],
    ]);
    for (const tool of tools) {
      expect(tool).toMatchObject({ title: expect.any(String), outputSchema: { type: "object" } });
      expect(tool.description?.length).toBeLessThan(400);
    }
    expect(opened.sandbox.counts().received).toBe(0);
  });

  it("answers by each tool what its own schema says", async () => {
    const opened = await openGateway();
    const client = await connectBy(way, opened);
    // The client holds each structured result against the schema of the list.
    await client.listTools();
    const call = (name: string, args: object) => client.callTool({ name, arguments: { ...args } });
    const drawn = await call("draw_image", { prompt: "a lighthouse", size: "256x256", as: "picture" });
    expect(drawn.content).toMatchObject([{ type: "image", mimeType: "image/png" }, { type: "text" }]);
    expect(drawn.structuredContent).toMatchObject({
      model: "flux/schnell",
      cost: 512,
      unit: "API tokens",
      remaining: 49_488,
    });
    const asked = await call("ask_model", { prompt: "Hello" });
    expect(asked.structuredContent).toMatchObject({
      text: textsOf(asked)[0],
      finish_reason: "stop",
      provider: "laplas",
    });
    const embedded = await call("embed_texts", { texts: ["one", "two"] });
    expect(embedded.structuredContent).toMatchObject({
      dimensions: 1_536,
      embeddings: [{ length: 1_536 }, { length: 1_536 }],
    });
    expect(textsOf(embedded).join().length).toBeLessThan(200);
    const left = await call("quota", { models: "image" });
    const { remaining } = embedded.structuredContent as { remaining: number };
    const drawer = expect.objectContaining({ id: "flux/schnell", cost_per_call: 512, calls_left: 96 });
    expect(left.structuredContent).toMatchObject({
      windows: [{ left: remaining }],
      models: expect.arrayContaining([drawer]),
    });
    expect((left.structuredContent as { models: object[] }).models).toHaveLength(13);
    const planned = await call("plan", { calls: [{ tool: "draw_image", prompt: "a boat", times: 200 }] });
    expect(planned.structuredContent).toMatchObject({ calls: 200, fits_today: false, days: 3 });
    // A call that costs more than a day holds is let in once a day.
    const dear = await call("plan", { calls: [{ tool: "ask_model", model: "gpt-4", prompt: "Hello", times: 20 }] });
    expect(dear.structuredContent).toMatchObject({ days: 1, worst_days: 20 });
    expect(JSON.stringify(dear.content)).toContain("; at worst 20 days.");
    for (const result of [drawn, asked, embedded, left, planned]) expect(result.isError ?? false).toBe(false);
    await opened.sandbox.idle();
    expect(opened.sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });
});

it("tells the version of the package", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(version);
});

it("names the limits of the tier in force", async () => {
  const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
  const rule = { id: "mine", kind: "window", meter: "requests", limit: 7, period: { type: "hour" }, evidence } as const;
  // Says nothing of the models that are there.
  const none = { ...rule, id: "none", limit: 0, scope: "model", models: ["o1"] } as const;
  const { gateway } = await openGateway({}, { tier: { name: "own", title: "My own plan", rules: [rule, none] } });
  const { tools } = await (await connectHttp(gateway)).listTools();
  const limits = tools.map(({ description = "" }) => /Limits: .*/.exec(description)?.[0]);
  const own = "Limits: My own plan: 7 requests an hour.";
  expect(limits).toEqual([own, own, own, undefined, undefined]);
});

it("embeds in as many dimensions as are asked for", async () => {
  const { gateway } = await openGateway();
  const client = await connectHttp(gateway);
  const args = { texts: ["one"], dimensions: 8 };
  const { structuredContent } = await client.callTool({ name: "embed_texts", arguments: args });
  expect(structuredContent).toMatchObject({ dimensions: 8, embeddings: [{ length: 8 }] });
});

it("names what is asked where no model is named, and asks by the names of the configuration", async () => {
  const { gateway, sandbox } = await openGateway({ modelNames: { "painter*": "dall-e-2" } });
  const client = await connectHttp(gateway);
  const { tools } = await client.listTools();
  expect(JSON.stringify(tools.find(({ name }) => name === "draw_image")?.inputSchema)).toContain("flux/schnell");
  const { structuredContent } = await client.callTool({
    name: "draw_image",
    arguments: { prompt: "a cat", model: "painter-4" },
  });
  expect(structuredContent).toMatchObject({ model: "dall-e-2" });
  expect(sandbox.requests.at(-1)?.body).toMatchObject({ model: "dall-e-2" });
});
