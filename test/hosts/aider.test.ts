import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Door, dayOf, openGateway } from "../clients/open-gateway.ts";
import { openHome } from "./command-clients.ts";
import { openPython } from "./python.ts";

const python = await openPython("aider");

/** Of what it would ask or fetch besides the model. */
const ALONE = ["--no-git", "--yes-always", "--no-check-update", "--analytics-disable", "--no-show-model-warnings"];

/** One prompt to a model of the gateway, with the settings of its models. @returns what it printed */
async function aider(door: Door, model: string, prompt: string, settings?: string): Promise<string> {
  if (python === undefined) throw new Error("there is no Python");
  const home = await openHome();
  if (settings !== undefined) await writeFile(join(home.path, ".aider.model.settings.yml"), settings);
  const args = ["--model", `openai/${model}`, ...ALONE, "--message", prompt];
  const variables = { OPENAI_API_BASE: door.baseURL, OPENAI_API_KEY: "unused" };
  const { stdout, stderr } = await home.run(join(python.bin, "aider"), args, variables);
  if (stdout === "") throw new Error(stderr);
  // Lines are broken at 80 columns.
  return stdout.replace(/\s+/g, " ");
}

describe.skipIf(python === undefined)("aider", () => {
  it.each([
    "gpt-4o-mini",
    "claude-3-haiku-20240307",
    "gemini-1.5-pro",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "MiniMax-Text-01",
  ])("is answered by %s", async (model) => {
    const door = await openGateway();
    // The tokens that it counts stand below an answer.
    expect(await aider(door, model, "Hello")).toMatch(/Tokens: [\d.k]+ sent, \d+ received/);
    expect(door.statuses()).toEqual([200]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("stops at a used-up quota and shows the sentence, with the header of its settings", async () => {
    const door = await openGateway({ laplas: { tier: dayOf(1) } });
    // The day's one token is overdrawn by a first call.
    await door.laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    const name = "openai/gpt-4o-mini";
    const settings = `- name: ${name}\n  extra_params:\n    extra_headers:\n      x-laplas-quota-status: "400"\n`;
    const printed = await aider(door, "gpt-4o-mini", "Hello", settings);
    expect(printed).toContain("It will reset at 2026-03-11T00:00:02.000Z");
    expect(door.statuses()).toEqual([400]);
    expect(door.sandbox.counts().received).toBe(1);
  });
});
