import { createEngine, type Engine } from "@laplas/core";
import { ChatLaplas } from "@laplas/langchain";
import { cloudflare, groq } from "@laplas/providers";
import { createSandbox, type PresetSandbox } from "@laplas/sandbox";
import { createAgent, tool } from "langchain";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";

async function openPool(): Promise<{ readonly engine: Engine; readonly sandboxes: readonly PresetSandbox[] }> {
  const sandboxes = [await createSandbox({ preset: "groq" }), await createSandbox({ preset: "cloudflare" })];
  const [first, second] = sandboxes.map(({ baseURL }) => baseURL);
  const engine = createEngine({
    providers: [
      groq({ apiKey: "key-of-groq", baseURL: first }),
      cloudflare({ apiKey: "key-of-cloudflare", baseURL: second }),
    ],
    ledger: "memory",
    environment: {},
  });
  onTestFinished(async () => {
    await engine.close();
    for (const sandbox of sandboxes) await sandbox.close();
  });
  return { engine, sandboxes };
}

it("ChatLaplas asks a pool by the name of a route, whole and streamed, and says who answered", async () => {
  const { engine, sandboxes } = await openPool();
  const model = new ChatLaplas({ model: "auto", engine });
  const answer = await model.invoke("Hello");
  expect(answer.text).not.toBe("");
  expect(answer.response_metadata.laplas).toMatchObject({ provider: "groq" });
  expect(answer.usage_metadata?.total_tokens).toBeGreaterThan(0);
  let text = "";
  for await (const chunk of await model.stream("Hello again")) text += chunk.text;
  expect(text).not.toBe("");
  await sandboxes[0]?.kill();
  const moved = await model.invoke("Hello to another");
  expect(moved.response_metadata.laplas).toMatchObject({ provider: "cloudflare" });
});

it("an agent of LangChain runs at auto:tools", async () => {
  const { engine } = await openPool();
  const asked: string[] = [];
  const weather = tool(
    ({ city }) => {
      asked.push(city);
      return `It is 18 degrees and sunny in ${city}.`;
    },
    { name: "weather", description: "Current weather of a city", schema: z.object({ city: z.string() }) },
  );
  const agent = createAgent({ model: new ChatLaplas({ model: "auto:tools", engine }), tools: [weather] });
  const { messages } = await agent.invoke({ messages: [{ role: "user", content: "What is the weather in Lisbon?" }] });
  expect(asked).toEqual(["Lisbon"]);
  expect(messages.at(-1)?.text).toContain("18 degrees and sunny in Lisbon");
});
