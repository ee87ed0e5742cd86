import { createEngine } from "@laplas/core";
import { cloudflare, groq } from "@laplas/providers";
import { expect, it, onTestFinished } from "vitest";
import { createGateway } from "../create-gateway.js";
import { startPresets } from "../testing/pool-config.js";
import type { FeedUpdate } from "./feed.js";

it("events tell of each provider and its tier, and of calls with whom they asked, in the unit of that", async () => {
  const { presets } = await startPresets({ groq: {}, cloudflare: {} });
  const laplas = createEngine({
    ledger: "memory",
    environment: {},
    providers: [
      groq({ apiKey: "any", baseURL: presets.groq?.baseURL }),
      cloudflare({ apiKey: "any", baseURL: presets.cloudflare?.baseURL }),
    ],
  });
  const gateway = createGateway({ laplas });
  onTestFinished(async () => {
    gateway.close();
    await laplas.close();
  });
  const ask = (path: string, body?: object): Promise<Response> =>
    gateway.fetch(
      new Request(`http://127.0.0.1:4114${path}`, {
        headers: { host: "127.0.0.1:4114" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      }),
    );
  for (const model of ["groq/openai/gpt-oss-120b", "cloudflare/@cf/openai/gpt-oss-120b"]) {
    const messages = [{ role: "user", content: model }];
    expect((await ask("/v1/chat/completions", { model, messages })).status).toBe(200);
  }
  const reader = (await ask("/v1/events")).body?.getReader();
  const [, first = ""] = /^data: (.*)$/m.exec(new TextDecoder().decode((await reader?.read())?.value)) ?? [];
  await reader?.cancel();
  const { about, quota, calls, hours } = JSON.parse(first) as FeedUpdate;
  expect(about?.providers?.map(({ id, tier }) => [id, tier.title, tier.unit])).toEqual([
    ["groq", "Groq's free plan", "tokens"],
    ["cloudflare", "Workers AI on Workers Free", "neurons"],
  ]);
  expect(quota?.providers?.map(({ provider }) => provider)).toEqual(["groq", "cloudflare"]);
  expect(calls).toMatchObject([
    { provider: "groq", unit: "tokens", tokens: expect.any(Number) },
    { provider: "cloudflare", unit: "neurons", credits: expect.any(Number) },
  ]);
  // Neurons and tokens have no sum: the hour's cost is that of the first provider's calls.
  expect(hours).toMatchObject([{ calls: 2, tokens: calls?.[0]?.tokens }]);
});
