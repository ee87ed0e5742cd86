import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLaplas } from "@laplas/core";
import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { createGateway } from "../create-gateway.js";
import { API_KEY, chat, openGateway, post } from "../testing/open-gateway.js";
import type { CallsLeft } from "./answer-calls-left.js";

/** A gateway with a playground: two engines on one account. */
async function openPlayground() {
  const sandbox = await createSandbox();
  const folder = mkdtempSync(join(tmpdir(), "laplas-playground-"));
  const engine = {
    apiKey: API_KEY,
    baseURL: sandbox.baseURL,
    ledger: `sqlite:${join(folder, "ledger.sqlite")}` as const,
  };
  const laplas = createLaplas(engine);
  const playground = createLaplas({ ...engine, tier: "playground" });
  const lines: Record<string, unknown>[] = [];
  const write = (fields: object, message: string): void => void lines.push({ message, ...fields });
  const gateway = createGateway({ laplas, playground, logger: { info: write, warn: write, error: write } });
  onTestFinished(async () => {
    gateway.close();
    await laplas.close();
    await playground.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    gateway.fetch(new Request(`http://127.0.0.1:4114${path}`, { ...init, headers: { host: "127.0.0.1:4114" } }));
  return { ask, sandbox, lines };
}

it("answers under the playground's rules, on the account of the API", async () => {
  const { ask, lines } = await openPlayground();
  for (let call = 0; call < 10; call += 1) {
    expect((await ask("/playground/v1/chat/completions", post(chat("Hello")))).status).toBe(200);
  }
  const refused = await ask("/playground/v1/chat/completions", post(chat("Hello")));
  expect(refused.status).toBe(429);
  expect(refused.headers.get("x-laplas-rule")).toBe("daily_requests");
  const check = await ask("/playground/v1/check", post(chat("Hello")));
  expect(await check.json()).toMatchObject({ verdict: "refuse", error: { rule: "daily_requests" } });
  // The API has no such rule, and knows what was spent.
  expect((await ask("/v1/chat/completions", post(chat("Hello")))).status).toBe(200);
  for (const path of ["/v1/quota", "/playground/v1/quota"]) {
    expect(await (await ask(path)).json()).toMatchObject({ windows: [{ used: 11 * 16 }] });
  }
  const left = async (path: string): Promise<CallsLeft["calls_left"] | undefined> => {
    const { data } = (await (await ask(path)).json()) as { data: CallsLeft[] };
    return data.find(({ id, aliases }) => [id, ...aliases].includes("gpt-4o-mini"))?.calls_left;
  };
  expect(await left("/playground/v1/calls-left")).toBe(0);
  expect(await left("/v1/calls-left")).toBe(Math.floor((50_000 - 11 * 16) / 16));
  // One line for each, whichever engine it was.
  const logged = lines.filter(({ message }) => message === "call").map(({ path }) => path);
  expect(logged.filter((path) => path === "/playground/v1/chat/completions")).toHaveLength(11);
  expect(logged).toHaveLength(12);
});

it("brings pictures here, wherever the upstream keeps them", async () => {
  const { ask } = await openPlayground();
  const drawn = await ask("/playground/v1/images/generations", post({ model: "flux/schnell", prompt: "A boat" }));
  const { data } = (await drawn.json()) as { data: { url: string }[] };
  expect(data[0]?.url).toMatch(/^\/images\/[0-9a-f]{32}\.png$/);
  const picture = await ask(data[0]?.url ?? "");
  expect(picture.headers.get("content-type")).toBe("image/png");
});

it("tells models that draw from a picture, and what nobody knows the cost of", async () => {
  const { ask } = await openPlayground();
  const { data } = (await (await ask("/v1/calls-left")).json()) as { data: CallsLeft[] };
  expect(data.find(({ id }) => id === "flux/dev/image-to-image")?.needs_picture).toBe(true);
  expect(data.find(({ id }) => id === "google/gemma-3-27b-it")).toMatchObject({
    calls_left: "unlimited",
    cost_per_call: 0,
    modality: "chat",
    needs_picture: false,
  });
});

it("is not there without an engine for it, and says why", async () => {
  const { ask } = await openGateway();
  const response = await ask("/playground/v1/chat/completions", post(chat("Hello")));
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: "no_playground" } });
});
