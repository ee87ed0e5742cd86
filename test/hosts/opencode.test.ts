import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Door, dayOf, openGateway } from "../clients/open-gateway.ts";
import { openHome } from "./command-clients.ts";
import { openPackages } from "./npm.ts";
import type { Outcome } from "./python.ts";

const bin = await openPackages("opencode");

/** What it would fetch besides the model. */
const OFFLINE = {
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
};

/** One prompt, with the gateway as a provider as its page has it. */
async function opencode(door: Door, model: string, prompt: string): Promise<Outcome> {
  const options = { baseURL: door.baseURL, apiKey: "unused" };
  const laplas = { npm: "@ai-sdk/openai-compatible", name: "laplas", options, models: { [model]: {} } };
  const config = JSON.stringify({ provider: { laplas } });
  const home = await openHome();
  const args = ["run", "--model", `laplas/${model}`, prompt];
  return home.run(join(bin, "opencode"), args, { ...OFFLINE, OPENCODE_CONFIG_CONTENT: config });
}

/** Of those that carry the prompt: another asks for the session's title. */
function bodiesWithTools({ sandbox }: Door): unknown[] {
  return sandbox.requests.map(({ body }) => body).filter((body) => JSON.stringify(body).includes('"tools"'));
}

describe("opencode", () => {
  // It adds cache_control to messages where a model's name has "claude" in it.
  it.each([
    "gpt-4o-mini",
    "claude-3-haiku-20240307",
    "gemini-1.5-flash",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "MiniMax-Text-01",
  ])("is answered by %s", async (model) => {
    const door = await openGateway();
    const { stdout, code } = await opencode(door, model, "Hello");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\w/);
    expect(new Set(door.statuses())).toEqual(new Set([200]));
    expect(bodiesWithTools(door)).toHaveLength(1);
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("ends at a used-up quota and shows the sentence", async () => {
    const door = await openGateway({ laplas: { tier: dayOf(1) } });
    // The day's one token is overdrawn by a first call.
    await door.laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    const { stdout, stderr } = await opencode(door, "gpt-4o-mini", "Hello");
    expect(stdout + stderr).toContain("It will reset at 2026-03-11T00:00:02.000Z");
    expect(new Set(door.statuses())).toEqual(new Set([400]));
    expect(door.statuses().length).toBeLessThanOrEqual(2);
    expect(door.sandbox.counts().received).toBe(1);
  });
});
