import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, longText, type Sandbox } from "../index.js";
import { ask } from "../testing/client.js";
import { followUp, mark, part } from "../testing/go-on.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null, concurrency: null } });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const model = "Qwen/QwQ-32B";
const { messages } = ask("Write 1000 words about the sea.");

/** What a client sends back of an answer that begins with thoughts, and what then stands in front of the text. */
const views: [string, (content: string) => string, RegExp][] = [
  ["with its thoughts", (content) => content, /^<think>[^<]+<\/think>\n\n$/],
  ["without its thoughts", (content) => content.replace(/^<think>.*<\/think>\s*/s, ""), /^$/],
  ["with the white space behind its thoughts", (content) => content.replace(/^<think>.*<\/think>/s, ""), /^\n\n$/],
];

describe.each(views)("an answer that comes back %s", (_, view, ahead) => {
  /** Asks to go on until the end, each part being seen in the same way. */
  async function askOnSeen(body: { stream?: boolean } = {}, start = ""): Promise<string> {
    const first = await part(sandbox, { model, ...body, messages: said(start) });
    let soFar = start + view(first.content);
    let { finishReason } = first;
    while (finishReason === "length") {
      soFar = soFar.trimEnd();
      const next = await part(sandbox, { model, ...body, messages: followUp(messages, soFar) });
      const lead = `</think>\n\n${mark}\n${soFar.slice(-40)}`;
      expect(next.content).toContain(lead);
      soFar += next.content.slice(next.content.indexOf(lead) + lead.length);
      finishReason = next.finishReason;
    }
    return soFar;
  }

  function said(start: string): object[] {
    return start === "" ? messages : [...messages, { role: "assistant", content: start }];
  }

  it("is gone on with, if it is a draft, whole and streamed", async () => {
    for (const stream of [false, true]) {
      const text = longText({ tokens: 1200, seed: stream ? 2 : 3 });
      sandbox.write({ text, jitter: 40 });
      const answer = await askOnSeen({ stream });
      expect(answer.endsWith(text)).toBe(true);
      expect(answer.slice(0, -text.length)).toMatch(ahead);
    }
  });

  it("is gone on with behind the caller's own words", async () => {
    const text = longText({ tokens: 700 });
    sandbox.write({ text });
    const answer = await askOnSeen({}, "Here you are. ");
    expect([answer.startsWith("Here you are. "), answer.endsWith(text)]).toEqual([true, true]);
  });

  it("is gone on with, if it is no draft, and by a sandbox that was started anew", async () => {
    const answer = await askOnSeen();
    const text = answer.replace(/^<think>.*<\/think>/s, "").trimStart();
    expect(text.split(/\s+/).length).toBeGreaterThanOrEqual(1000);
    sandbox.reset();
    const soFar = answer.slice(0, -200).trimEnd();
    const next = await part(sandbox, { model, messages: followUp(messages, soFar) });
    expect(next.content.endsWith(`${mark}\n${soFar.slice(-40)}${answer.slice(soFar.length)}`)).toBe(true);
  });

  it("begins again without its thoughts in it where a decoder can only begin a document", async () => {
    sandbox.write({ kind: "list" });
    const { content } = await part(sandbox, { model, messages });
    const format = { response_format: { type: "json_object" } };
    const next = await part(sandbox, { model, messages: followUp(messages, view(content)), ...format });
    expect(next.content).toMatch(/^<think>[^<]*<\/think>\n\n\{"items":/);
    expect(next.content.match(/<think>/g)).toHaveLength(1);
  });
});

describe("a draft of which nothing but thoughts came", () => {
  it.each([
    ["in front", model],
    ["in a field", "deepseek/deepseek-r1"],
    ["out of sight", "o1"],
  ])("is said when the same request comes again, with thoughts %s", async (_, id) => {
    const [text, other] = [longText({ tokens: 60, seed: 5 }), longText({ tokens: 60, seed: 6 })];
    for (const draft of [text, other]) sandbox.write({ text: draft });
    for (let tries = 0; tries < 2; tries += 1) {
      const thought = await part(sandbox, { model: id, messages, max_tokens: 20 });
      expect([thought.finishReason, thought.content.replace(/^<think>[^<]*$/, "")]).toEqual(["length", ""]);
    }
    // Another conversation does not take it.
    const elsewhere = await part(sandbox, { model: id, ...ask("Go") });
    const again = await part(sandbox, { model: id, messages });
    expect([elsewhere.content.endsWith(other), again.content.endsWith(text)]).toEqual([true, true]);
    expect((await part(sandbox, { model: id, messages })).content.endsWith(text)).toBe(false);
  });

  it("is said behind the caller's own words too", async () => {
    const text = longText({ tokens: 60, seed: 5 });
    sandbox.write({ text });
    const body = { model, messages: [...messages, { role: "assistant", content: "Here you are." }] };
    expect((await part(sandbox, { ...body, max_tokens: 20 })).finishReason).toBe("length");
    expect((await part(sandbox, body)).content.endsWith(`</think>\n\n${text}`)).toBe(true);
  });

  it("is gone on with where the thoughts come back", async () => {
    const text = longText({ tokens: 60 });
    sandbox.write({ text });
    const { content } = await part(sandbox, { model, messages, max_tokens: 30 });
    const next = await part(sandbox, { model, messages: followUp(messages, content) });
    expect(next.content).toContain(`${mark}\n${content.trimEnd().slice(-40)}`);
    expect(next.content.endsWith(text)).toBe(true);
  });
});
