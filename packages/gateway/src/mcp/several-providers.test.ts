import { createEngine, type Engine } from "@laplas/core";
import { cloudflare, groq } from "@laplas/providers";
import { expect, it, onTestFinished } from "vitest";
import { connectStdio, textsOf } from "../testing/open-mcp.js";
import { startPresets } from "../testing/pool-config.js";
import { openScene } from "./scene.js";

async function openPool() {
  const { presets } = await startPresets({ groq: {}, cloudflare: {} });
  const laplas: Engine = createEngine({
    ledger: "memory",
    environment: {},
    providers: [
      groq({ apiKey: "any", baseURL: presets.groq?.baseURL }),
      cloudflare({ apiKey: "any", baseURL: presets.cloudflare?.baseURL }),
    ],
  });
  onTestFinished(() => laplas.close());
  return { laplas, presets };
}

it("of several providers the tools name the limits of each, ask the one that can answer, and say what is left of all", async () => {
  const { laplas } = await openPool();
  const { client } = await connectStdio(laplas);
  const { tools } = await client.listTools();
  const [draw, ask] = tools.map(({ description }) => description);
  expect(ask).toMatch(/Limits: Groq's free plan: .*; Workers AI on Workers Free: 10,000 neurons a day/);
  expect(draw?.length).toBeLessThan(400);
  const asked = await client.callTool({ name: "ask_model", arguments: { prompt: "Hello" } });
  expect(asked.structuredContent).toMatchObject({ provider: "groq", unit: "tokens", text: expect.any(String) });
  const other = { prompt: "Hello", model: "cloudflare/@cf/openai/gpt-oss-120b" };
  const { structuredContent } = await client.callTool({ name: "ask_model", arguments: other });
  expect(structuredContent).toMatchObject({ provider: "cloudflare", unit: "neurons" });
  const left = await client.callTool({ name: "quota", arguments: { models: "chat" } });
  expect(left.structuredContent).toMatchObject({ providers: [{ provider: "groq" }, { provider: "cloudflare" }] });
  expect(textsOf(left)[0]).toMatch(/^Cloudflare[^:]*: [\d,]+ of 10,000 neurons left/m);
  const calls = [{ tool: "ask_model", prompt: "Hello", times: 3 }];
  const planned = await client.callTool({ name: "plan", arguments: { calls } });
  expect(planned.structuredContent).toMatchObject({ calls: 3, fits_today: true });
});

it("keeps no client waiting for a list of models", async () => {
  const { laplas } = await openPool();
  const never: Engine = { ...laplas, models: () => new Promise(() => {}) };
  expect((await openScene({ laplas: never }, 1)).usual).toEqual({ chat: "auto" });
  const broken: Engine = { ...laplas, models: () => Promise.reject(new Error("no list")) };
  expect((await openScene({ laplas: broken })).usual).toEqual({ chat: "auto" });
});
