import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { obeysLimits } from "./limits.ts";
import { type Door, dayOf, openGateway, rounded, sandboxVectors } from "./open-gateway.ts";

const run = promisify(execFile);

/** `--retry-max-time` bounds what `--retry` waits: without it curl would sleep until the reset of a spent day. */
const RETRY = ["--retry", "2", "--retry-max-time", "30"];

interface Failure {
  readonly code: number;
  readonly body: string;
  readonly stderr: string;
}

async function curl(door: Door, path: string, body: object, ...flags: readonly string[]): Promise<string> {
  const head = ["--silent", "--show-error", "--no-buffer", "--header", "content-type: application/json"];
  const args = [...head, ...flags, "--data", JSON.stringify(body), `${door.baseURL}${path}`];
  // A file holds the last answer alone, where stdout has those before a retry as well.
  const folder = await mkdtemp(join(tmpdir(), "laplas-curl-"));
  const file = join(folder, "answer");
  try {
    await run("curl", ["--output", file, ...args]);
    return await readFile(file, "utf8");
  } catch (error) {
    throw { ...(error as Failure), body: await readFile(file, "utf8") } satisfies Failure;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const HELLO = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };

describe("curl at the gateway", () => {
  it("gets a chat", async () => {
    const door = await openGateway();
    const answer = JSON.parse(await curl(door, "/chat/completions", HELLO));
    expect(answer.choices[0].message.content).toContain("Hello there!");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("gets a stream of events with an end", async () => {
    const door = await openGateway();
    const events = (await curl(door, "/chat/completions", { ...HELLO, stream: true })).trim().split("\n\n");
    expect(events.length).toBeGreaterThan(3);
    expect(events.every((event) => event.startsWith("data: "))).toBe(true);
    expect(events.at(-1)).toBe("data: [DONE]");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("gets a tool call, and an answer for its result", async () => {
    const door = await openGateway();
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [{ type: "function", function: { name: "get_weather", description: "Weather", parameters } }];
    const question = { role: "user", content: "What is the weather in Lisbon?" };
    const call = JSON.parse(await curl(door, "/chat/completions", { ...HELLO, tools, messages: [question] }));
    const message = call.choices[0].message;
    expect(JSON.parse(message.tool_calls[0].function.arguments)).toEqual({ city: "Lisbon" });
    const result = { role: "tool", tool_call_id: message.tool_calls[0].id, content: "18 degrees and sunny" };
    const messages = [question, message, result];
    const answer = JSON.parse(await curl(door, "/chat/completions", { ...HELLO, tools, messages }));
    expect(answer.choices[0].message.content).toContain("18 degrees and sunny");
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("gets JSON in a schema", async () => {
    const door = await openGateway();
    const properties = { name: { type: "string" }, inhabitants: { type: "integer" } };
    const schema = { type: "object", properties, required: ["name", "inhabitants"], additionalProperties: false };
    const body = {
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Reykjavik, a city in Iceland, has 140,000 inhabitants." }],
      response_format: { type: "json_schema", json_schema: { name: "place", strict: true, schema } },
    };
    const answer = JSON.parse(await curl(door, "/chat/completions", body));
    expect(JSON.parse(answer.choices[0].message.content)).toEqual({ name: "Reykjavik", inhabitants: 140_000 });
  });

  it("gets vectors and pictures", async () => {
    const door = await openGateway();
    const input = ["The ferry leaves at seven"];
    const { data } = JSON.parse(await curl(door, "/embeddings", { model: "text-embedding-3-small", input }));
    expect(rounded(data.map(({ embedding }: { embedding: number[] }) => embedding))).toEqual(
      await sandboxVectors(door.sandbox, input),
    );
    const drawn = JSON.parse(await curl(door, "/images/generations", { model: "flux/schnell", prompt: "A boat" }));
    const { stdout } = await run("curl", ["--silent", drawn.data[0].url], { encoding: "latin1" });
    expect(stdout.slice(1, 4)).toBe("PNG");
    expect(door.sandbox.counts().refused).toBe(0);
  });

  it("sees the headers that tell the story", async () => {
    const door = await openGateway();
    const text = await curl(door, "/chat/completions", { ...HELLO, max_tokens: 900 }, "--include");
    expect(text).toMatch(/^x-laplas-adjusted: max_tokens=512\r$/m);
    expect(text).toMatch(/^x-ratelimit-remaining-tokens: 49984\r$/m);
  });

  it("does not come back from a spent day, which is longer than --retry-max-time", async () => {
    const door = await openGateway({ laplas: { tier: dayOf(16) } });
    await curl(door, "/chat/completions", HELLO);
    const text = await curl(door, "/chat/completions", HELLO, ...RETRY);
    expect(text).toContain("free_tier_daily_quota");
    expect(door.statuses()).toEqual([200, 429]);
  });

  it("would sleep until the reset of a spent day with --retry alone", async () => {
    const door = await openGateway({ laplas: { tier: dayOf(16) } });
    await curl(door, "/chat/completions", HELLO);
    const body = ["--header", "content-type: application/json", "--data", JSON.stringify(HELLO)];
    const child = spawn("curl", ["--retry", "2", ...body, `${door.baseURL}/chat/completions`]);
    let said = "";
    for await (const piece of child.stderr) {
      said += piece;
      if (said.includes("Will retry in")) break;
    }
    child.kill();
    expect(said).toContain("Will retry in 43202 seconds");
  });

  obeysLimits("gateway", {
    async ask(door, { prompt, model, maxTokens, image, apiKey }) {
      const parts = [
        { type: "text", text: prompt },
        { type: "image_url", image_url: { url: image } },
      ];
      const body = {
        model,
        messages: [{ role: "user", content: image === undefined ? prompt : parts }],
        max_tokens: maxTokens,
      };
      const flags = ["--fail-with-body", ...RETRY, "--header", `authorization: Bearer ${apiKey}`];
      return JSON.parse(await curl(door, "/chat/completions", body, ...flags)).choices[0].message.content;
    },
    error(thrown, { status, code, message }) {
      const { code: exit, body, stderr } = thrown as Failure;
      expect(exit).toBe(22);
      expect(stderr).toContain(`The requested URL returned error: ${status}`);
      expect(JSON.parse(body)).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
    },
  });
});
