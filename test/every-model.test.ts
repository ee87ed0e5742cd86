import { type ChatRequest, createLaplas, type Laplas } from "@laplas/core";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let sandbox: Sandbox;
let laplas: Laplas;

beforeAll(async () => {
  // 120 models, each asked three times, would spend a day's 50,000 many times over.
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
  const unlimited = {
    id: "daily_api_tokens",
    kind: "window" as const,
    metric: "apiTokens" as const,
    limit: 100_000_000,
    period: { type: "day" as const },
    evidence: { source: "this test", date: "2026-11-22", status: "assumed" as const },
  };
  laplas = createLaplas({
    apiKey: "every-model",
    baseURL: sandbox.baseURL,
    ledger: "memory",
    tier: { name: "roomy", title: "free tier with a large day", extends: "free", rules: [unlimited] },
  });
});

afterAll(async () => {
  await laplas.close();
  await sandbox.close();
});

/** One conversation, in OpenAI's shape, as an agent leaves it after a tool call. Only the model's id changes. */
function conversation(model: string): ChatRequest {
  const call = {
    id: "call_1",
    type: "function" as const,
    function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
  };
  return {
    model,
    messages: [
      { role: "system", content: "You are terse." },
      { role: "user", content: "What is the weather in Oslo?" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "Oslo has 4 degrees and rain." },
      { role: "user", content: "And what is the weather in Rome?" },
    ],
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ],
    tool_choice: "auto",
    stop: ["END"],
    max_tokens: 4_000,
  };
}

function refusals(): unknown[] {
  return sandbox.requests
    .filter(({ outcome }) => outcome === "refused")
    .map(({ model, status, reason }) => ({ model, status, reason }));
}

describe("one conversation on every chat id of the catalog", () => {
  it("is answered whole and streamed, and nothing of it is refused", async () => {
    const models = await laplas.models({ modality: "chat" });
    const ids = models.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(ids).toHaveLength(120);
    for (const id of ids) {
      const answer = await laplas.chat(conversation(id));
      const [choice] = answer.choices;
      expect(["stop", "tool_calls", "length"], id).toContain(choice?.finish_reason);
      expect(
        answer.laplas.adjusted.map(({ to }) => to),
        id,
      ).toContain("max_tokens=512");

      let ended: string | null | undefined;
      for await (const chunk of laplas.chatStream(conversation(id))) ended = chunk.choices[0]?.finish_reason ?? ended;
      expect(["stop", "tool_calls", "length"], id).toContain(ended);
    }
    expect(refusals()).toEqual([]);
  });
});

describe("three texts on every embedding id", () => {
  it("become three vectors in their order, one request a text where the model takes no list", async () => {
    const texts = ["the ferry leaves at seven", "bread needs salt", "the ferry leaves early in the morning"];
    for (const model of await laplas.models({ modality: "embedding" })) {
      const before = sandbox.requests.length;
      const { data, laplas: report } = await laplas.embed({ model: model.id, input: texts });
      expect(
        data.map(({ index }) => index),
        model.id,
      ).toEqual([0, 1, 2]);
      const vectors = data.map(({ embedding }) => embedding as number[]);
      expect(similarity(vectors[0], vectors[2]), model.id).toBeGreaterThan(similarity(vectors[0], vectors[1]));
      const single = model.modality === "embedding" && model.embedding.input === "string";
      expect(sandbox.requests.length - before, model.id).toBe(single ? 3 : 1);
      expect(report.attempts, model.id).toBe(single ? 3 : 1);
    }
    expect(refusals()).toEqual([]);
  });
});

describe("two pictures on every image id", () => {
  it("are drawn, one request at a time where the tier wants that, in OpenAI's shape", async () => {
    for (const { id } of await laplas.models({ modality: "image" })) {
      const reference = id.endsWith("image-to-image") ? { image_url: "https://example.com/reference.png" } : {};
      const { data, created } = await laplas.image({ model: id, prompt: "a red house by the sea", n: 2, ...reference });
      expect(data, id).toHaveLength(2);
      expect(created, id).toBeGreaterThan(1_700_000_000);
      for (const { url = "", b64_json: text = "" } of data) expect(url + text, id).not.toBe("");
    }
    expect(refusals()).toEqual([]);
  });
});

function similarity(one: readonly number[] = [], other: readonly number[] = []): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
