import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Door, openGateway } from "../clients/open-gateway.ts";
import { expectAllAnswered } from "./call-client.ts";
import { openHome } from "./command-clients.ts";
import { openPython } from "./python.ts";

const python = await openPython("clients");

const WEATHER = `def get_weather(city: str) -> str:
    "Current weather of a city"
    return f"It is 18 degrees and sunny in {city}."`;

/** llm with one model of the gateway, as its page on OpenAI-compatible models has it. @returns what it printed */
async function llm(door: Door, model: string, args: readonly string[]): Promise<string> {
  if (python === undefined) throw new Error("there is no Python");
  const home = await openHome();
  const models = [
    "- model_id: here",
    `  model_name: ${model}`,
    `  api_base: ${door.baseURL}`,
    "  supports_schema: true",
    "  supports_tools: true",
  ];
  await writeFile(join(home.path, "extra-openai-models.yaml"), models.join("\n"));
  const variables = { LLM_USER_PATH: home.path, OPENAI_API_KEY: "unused" };
  const { stdout, stderr } = await home.run(join(python.bin, "llm"), ["-m", "here", ...args], variables);
  if (stdout === "") throw new Error(stderr);
  return stdout;
}

describe.skipIf(python === undefined)("llm", () => {
  describe.each(["gpt-4o-mini", "claude-3-haiku-20240307", "gemini-1.5-pro"])("on %s", (model) => {
    it("streams an answer", async () => {
      const door = await openGateway();
      expect(await llm(door, model, ["Hello"])).toContain("Hello there!");
      expectAllAnswered(door, 1);
    });

    it("gives JSON by a --schema", async () => {
      const door = await openGateway();
      const sentence = "Reykjavik, a city in Iceland, has 140,000 inhabitants.";
      const printed = await llm(door, model, ["--schema", "name, inhabitants int", sentence]);
      expect(JSON.parse(printed)).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
      expectAllAnswered(door, 1);
    });
  });

  it("calls a function and answers from its result", async () => {
    const door = await openGateway();
    const question = ["--functions", WEATHER, "What is the weather in Lisbon?"];
    expect(await llm(door, "claude-3-haiku-20240307", question)).toContain("18 degrees and sunny in Lisbon");
    expectAllAnswered(door, 2);
  });
});
