import { createLaplas, type Laplas, type LaplasEvent } from "@laplas/core";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { openRoomy } from "./open-roomy.js";

/** What the documentation says the message "Hello" costs, model by model, is what the account is charged. */

async function setup(usage: "usage" | "meta") {
  const { sandbox, laplas, close } = await openRoomy({ usage });
  onTestFinished(close);
  return { sandbox, laplas };
}

const hello = (model: string) => ({ model, messages: [{ role: "user", content: "Hello" }] });

/** Models on whose page the sample stands under another id than the primary one: the sandbox knows it under that. */
async function charged(laplas: Laplas, ids: readonly string[], expected: number): Promise<number[]> {
  const costs: number[] = [];
  for (const id of ids) {
    const { laplas: report } = await laplas.chat(hello(id));
    expect(report.estimated, id).toBe(false);
    costs.push(report.apiTokens ?? Number.NaN);
    if (report.apiTokens === expected) break;
  }
  return costs;
}

describe.each(["usage", "meta"] as const)("a sandbox that tells the cost in %s", (usage) => {
  it("charges every documented model what is published for it", async () => {
    const { sandbox, laplas } = await setup(usage);
    let samples = 0;
    for (const model of await laplas.models({ modality: "chat" })) {
      if (model.hello === undefined) continue;
      samples += 1;
      const expected = model.hello.input + model.hello.output;
      // o1-preview alone costs more than a day.
      expect(await charged(laplas, [model.id, ...model.aliases], expected), model.id).toContain(expected);
    }
    expect(samples).toBeGreaterThanOrEqual(72);
    expect((await laplas.status()).windows[0]?.used).toBe(sandbox.used());
    expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0 });
  });

  it("charges a stream the same", async () => {
    const { sandbox, laplas } = await setup(usage);
    // The families that tell a stream's usage, and one model that can't stream.
    for (const [model, cost] of [
      ["gpt-4o-mini", 16],
      ["meta-llama/Llama-3.3-70B-Instruct-Turbo", 113],
      ["o1", 2867],
    ] as const) {
      const stream = laplas.chatStream(hello(model));
      let chunks = 0;
      for await (const _ of stream) chunks += 1;
      expect(chunks).toBeGreaterThan(0);
      expect(await stream.report, model).toMatchObject({ apiTokens: cost, estimated: false });
    }
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });

  it("and a stream that tells no cost by an estimate that is not below it", async () => {
    const { sandbox, laplas } = await setup(usage);
    for (const model of ["claude-3-haiku-latest", "gemini-1.5-pro", "MiniMax-Text-01"]) {
      const before = sandbox.used();
      const stream = laplas.chatStream({ model, messages: [{ role: "user", content: "Write 60 words about locks." }] });
      let text = "";
      let ended: string | null | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        ended = chunk.choices[0]?.finish_reason ?? ended;
      }
      expect(text.length, model).toBeGreaterThan(100);
      expect(ended, model).toBe("stop");
      const report = await stream.report;
      expect(report.estimated, model).toBe(true);
      expect(report.apiTokens, model).toBeGreaterThanOrEqual(sandbox.used() - before);
    }
    expect(sandbox.counts()).toMatchObject({ refused: 0 });
  });
});

describe("answers cut at 512 tokens", () => {
  const essay = "Write 2000 words about the sea.";

  it.each<[string, object, object]>([
    [
      "plain",
      { model: "gpt-4o-mini" },
      { finish_reason: "length", message: { content: expect.stringMatching(/^\w/) } },
    ],
    ["plain, of Claude", { model: "claude-3-haiku-latest" }, { finish_reason: "length" }],
    ["plain, of MiniMax, whose own end is sooner", { model: "MiniMax-Text-01" }, { finish_reason: "length" }],
  ])("%s: marked, and with all that came", async (_, fields, expected) => {
    const { sandbox, laplas } = await setup("usage");
    const request = { ...hello("gpt-4o-mini"), messages: [{ role: "user", content: essay }], ...fields };
    const answer = await laplas.chat(request);
    expect(answer.choices[0]).toMatchObject(expected);
    expect(answer.laplas).toMatchObject({ truncatedByTier: true });
    const stream = laplas.chatStream(request);
    for await (const _ of stream);
    expect(await stream.report).toMatchObject({ truncatedByTier: true });
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  /** The free tier with a tighter limit, so that short answers meet it. */
  async function setupTight(limit: number): Promise<Laplas> {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const evidence = { source: "this test", date: "2026-11-22", status: "assumed" } as const;
    const laplas = createLaplas({
      apiKey: "tight",
      baseURL: sandbox.baseURL,
      ledger: "memory",
      tier: {
        name: "tight",
        title: `${limit} tokens`,
        extends: "free",
        rules: [{ id: "output_tokens", kind: "maxOutputTokens", limit, evidence }],
      },
    });
    onTestFinished(() => laplas.close());
    return laplas;
  }

  it("reasoning that ate everything leaves an empty answer", async () => {
    const laplas = await setupTight(20);
    const answer = await laplas.chat(hello("deepseek/deepseek-r1"));
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "length",
      message: { content: "", reasoning_content: expect.stringMatching(/^\w/) },
    });
    expect(answer.laplas.truncatedByTier).toBe(true);
  });

  it("a tool call keeps the JSON as far as it came", async () => {
    const laplas = await setupTight(8);
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tool = { type: "function", function: { name: "get_weather", description: "The weather", parameters } };
    const question = "What is the weather in Llanfairpwllgwyngyllgogerychwyrndrobwll?";
    for (const model of ["gpt-4o-mini", "claude-3-haiku-latest", "gemini-1.5-pro"]) {
      const request = { model, messages: [{ role: "user", content: question }], tools: [tool] };
      const { choices, laplas: report } = await laplas.chat(request);
      const text = choices[0]?.message.tool_calls?.[0]?.function.arguments ?? "";
      expect(choices[0]?.finish_reason, model).toBe("length");
      expect(text, model).toMatch(/^\{"city":"Llan/);
      expect(() => JSON.parse(text)).toThrow();
      expect(report.truncatedByTier, model).toBe(true);
    }
  });

  it("by the caller's own limit are not the tier's doing", async () => {
    const { laplas } = await setup("usage");
    const { choices, laplas: report } = await laplas.chat({ ...hello("deepseek/deepseek-r1"), max_tokens: 20 });
    expect(choices[0]?.finish_reason).toBe("length");
    expect(report.truncatedByTier).toBe(false);
  });

  it("are told to every listener, and to the process once", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): void => void warnings.push(warning.message);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const { laplas } = await setup("usage");
    const events: LaplasEvent[] = [];
    laplas.onEvent((event) => events.push(event));
    const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: essay }] };
    await laplas.chat(request);
    await laplas.chat(request);
    await new Promise((resolve) => setImmediate(resolve));
    expect(events.filter(({ type }) => type === "warning")).toHaveLength(2);
    // The tests before this one have cut answers in this process already.
    expect(warnings.filter((message) => message.includes("output tokens")).length).toBeLessThanOrEqual(1);
  });
});
