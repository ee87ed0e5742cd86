import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { FAMILIES } from "../open-roomy.ts";
import { askLong } from "./ask-long.ts";
import { longTask, WRITE_FILE } from "./kinds.ts";
import { bodiesAt, expectNoRefusal, openLong } from "./open-long.ts";

const DOORS = [
  ["whole", false],
  ["streamed", true],
] as const;

const ITEMS = {
  type: "object",
  properties: {
    items: {
      type: "array",
      items: {
        type: "object",
        properties: {
          id: { type: "integer" },
          name: { type: "string" },
          note: { type: "string" },
          sold: { type: ["boolean", "null"] },
        },
        required: ["id", "name", "note", "sold"],
        additionalProperties: false,
      },
    },
  },
  required: ["items"],
  additionalProperties: false,
};

describe.each(Object.entries(FAMILIES))("a model of the family %s", (_, model) => {
  it.each(DOORS)("gives a text of 3,000 tokens as one answer, %s", async (_, stream) => {
    const { sandbox, laplas } = await openLong();
    const task = longTask("sentences", model, "Write sentences.", 1);
    sandbox.write(task.draft);
    const answer = await askLong(laplas, task.request, { stream });
    expect(answer).toMatchObject({ text: task.text, finishReason: "stop", ended: "complete", calls: [] });
    expect(answer.report).toMatchObject({ truncatedByTier: false, attempts: answer.parts });
    expect(answer.report.parts?.map(({ seam }) => seam)).toEqual(["first", ...Array(answer.parts - 1).fill("echo")]);
    expect(sandbox.requests).toHaveLength(answer.parts);
    expectNoRefusal(sandbox);
  });

  it.each([
    ["json_object", { type: "json_object" }],
    ["json_schema", { type: "json_schema", json_schema: { name: "list", strict: true, schema: ITEMS } }],
  ])("gives a list of 200 items as %s", async (_, format) => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("list", model, "Write a list.", 2);
    sandbox.write({ ...draft, as: undefined }, { times: 2 });
    for (const [, stream] of DOORS) {
      const answer = await askLong(laplas, { ...request, response_format: format }, { stream });
      expect(answer).toMatchObject({ finishReason: "stop", ended: "complete" });
      expect(JSON.parse(answer.text)).toEqual(JSON.parse(text));
    }
    expectNoRefusal(sandbox);
  });

  it.each([
    ["that the model chooses", undefined],
    ["that is asked for", { type: "function", function: { name: "write_file" } }],
  ])("writes a file of 6 kB by a call %s", async (_, choice) => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("file", model, "Write a file.", 3);
    expect(text.length).toBeGreaterThan(6_000);
    sandbox.write(draft, { times: 2 });
    for (const [, stream] of DOORS) {
      const asked = { ...request, ...(choice === undefined ? {} : { tool_choice: choice }) };
      const answer = await askLong(laplas, asked, { stream });
      expect(answer).toMatchObject({ text: "", finishReason: "tool_calls", ended: "complete" });
      expect(answer.calls).toMatchObject([{ id: expect.stringMatching(/./), name: "write_file" }]);
      expect(JSON.parse(answer.calls[0]?.arguments ?? "")).toMatchObject({ content: text });
    }
    expectNoRefusal(sandbox);
  });

  it("writes a file in a conversation that has calls already", async () => {
    const { sandbox, laplas } = await openLong();
    const { draft, text } = longTask("file", model, "", 4);
    sandbox.write(draft);
    const earlier = {
      id: "call_1",
      type: "function" as const,
      function: { name: "write_file", arguments: '{"path":"a","content":"b"}' },
    };
    const answer = await askLong(laplas, {
      model,
      messages: [
        { role: "user", content: "Write two files." },
        { role: "assistant", content: null, tool_calls: [earlier] },
        { role: "tool", tool_call_id: "call_1", content: "Written." },
      ],
      tools: [WRITE_FILE],
    });
    expect(answer).toMatchObject({ finishReason: "tool_calls", ended: "complete" });
    expect(JSON.parse(answer.calls[0]?.arguments ?? "")).toMatchObject({ content: text });
    expectNoRefusal(sandbox);
  });

  it.each([700, 3_000])("keeps to the caller's own limit of %i tokens", async (limit) => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("sentences", model, "Write sentences.", 5, 3_400);
    sandbox.write(draft, { times: 2 });
    for (const [, stream] of DOORS) {
      const answer = await askLong(laplas, { ...request, max_tokens: limit }, { stream });
      expect(answer).toMatchObject({ finishReason: "length", ended: "max_tokens" });
      expect(text.startsWith(answer.text)).toBe(true);
      // As the sandbox counts: four characters are a token.
      expect(answer.text.length / 4).toBeLessThanOrEqual(limit);
      expect(answer.text.length / 4).toBeGreaterThan(limit - 40);
      // By the caller's own limit, not by the tier's.
      expect(answer.report.truncatedByTier).toBe(false);
    }
    expectNoRefusal(sandbox);
  });

  it("is whole within the caller's own limit", async () => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("sentences", model, "Write sentences.", 5, 2_600);
    sandbox.write(draft);
    const answer = await askLong(laplas, { ...request, max_tokens: 3_000 });
    expect(answer).toMatchObject({ text, finishReason: "stop", ended: "complete" });
  });

  it.each(DOORS)("goes on with what the caller has begun, %s", async (_, stream) => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("sentences", model, "Write sentences.", 6, 1_600);
    sandbox.write(draft);
    const begun = { role: "assistant" as const, content: "Here you are:" };
    const answer = await askLong(laplas, { ...request, messages: [...request.messages, begun] }, { stream });
    expect(answer).toMatchObject({ text, finishReason: "stop", ended: "complete" });
    for (const { messages } of bodiesAt(sandbox).slice(1)) {
      expect(JSON.stringify(messages)).toContain("Here you are:1. ");
    }
    expectNoRefusal(sandbox);
  });
});

describe.each(DOORS)("an answer, %s", (_, stream) => {
  it("ends at a stop text that lies across a seam", async () => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("sentences", FAMILIES.openai, "Write sentences.", 7, 1_600);
    // 512 tokens are 2,048 characters.
    for (const before of [1, 4, 11]) {
      const begin = 2_048 - before;
      const stop = text.slice(begin, begin + 60);
      expect(text.indexOf(stop)).toBe(begin);
      sandbox.write(draft);
      const answer = await askLong(laplas, { ...request, stop: ["Nobody says this", stop] }, { stream });
      expect(answer).toMatchObject({ text: text.slice(0, begin), finishReason: "stop", ended: "complete" });
    }
    expectNoRefusal(sandbox);
  });

  it("ends at a stop text in a later part", async () => {
    const { sandbox, laplas } = await openLong();
    const { draft, request, text } = longTask("sentences", FAMILIES.openai, "Write sentences.", 7, 1_600);
    const stop = text.slice(3_000, 3_020);
    sandbox.write(draft);
    const answer = await askLong(laplas, { ...request, stop }, { stream });
    expect(answer).toMatchObject({ text: text.slice(0, 3_000), finishReason: "stop", ended: "complete" });
  });

  it.each(["deepseek-reasoner", "Qwen/QwQ-32B"])(
    "of %s has the thoughts of its first part, and none is sent back",
    async (model) => {
      const { sandbox, laplas } = await openLong();
      const { draft, request, text } = longTask("sentences", model, "Write sentences.", 8, 1_600);
      sandbox.write(draft);
      const answer = await askLong(laplas, request, { stream });
      expect(answer).toMatchObject({ text, finishReason: "stop", ended: "complete" });
      const sent = bodiesAt(sandbox).map((body) => JSON.stringify(body));
      expect(sent.join()).not.toMatch(/reasoning_content|<\/?think>/);
      expectNoRefusal(sandbox);
    },
  );
});

it("of several choices each is continued: two of one request", async () => {
  const { sandbox, laplas } = await openLong();
  const { draft, request, text } = longTask("sentences", FAMILIES.openai, "Write sentences.", 9, 1_100);
  sandbox.write(draft);
  const { choices, laplas: report, usage } = await laplas.chat({ ...request, n: 2 });
  expect(choices).toMatchObject([0, 1].map((index) => ({ index, message: { content: text }, finish_reason: "stop" })));
  expect(report.ended).toBe("complete");
  expect(report.apiTokens).toBe(sandbox.used());
  expect(usage?.completion_tokens).toBeGreaterThan(2 * 1_000);
  expectNoRefusal(sandbox);
});

it("of several choices each is continued: two requests of one each", async () => {
  const { sandbox, laplas } = await openLong();
  const first = longTask("sentences", FAMILIES.claude, "Write sentences.", 10, 1_100);
  const second = longTask("chinese", FAMILIES.claude, "Write sentences.", 11, 1_100);
  sandbox.write(first.draft);
  sandbox.write(second.draft);
  const { choices, laplas: report } = await laplas.chat({ ...first.request, n: 2 });
  expect(choices.map(({ message, finish_reason: reason }) => [message.content, reason])).toEqual([
    [first.text, "stop"],
    [second.text, "stop"],
  ]);
  expect(report.apiTokens).toBe(sandbox.used());
  expectNoRefusal(sandbox);
});

it("of several choices in a stream each has one beginning and one end, and the usage comes once", async () => {
  const { sandbox, laplas } = await openLong();
  for (const model of [FAMILIES.openai, FAMILIES.claude]) {
    const { draft, request, text } = longTask("sentences", model, "Write sentences.", 12, 1_100);
    sandbox.write(draft, { times: model === FAMILIES.openai ? 1 : 2 });
    const texts = ["", ""];
    const ends: string[] = [];
    let usages = 0;
    const ids = new Set<string>();
    for await (const chunk of laplas.chatStream({ ...request, n: 2, stream_options: { include_usage: true } })) {
      ids.add(chunk.id);
      if (chunk.usage) usages += 1;
      for (const { index, delta, finish_reason: reason } of chunk.choices) {
        texts[index] += delta?.content ?? "";
        if (reason) ends.push(`${index} ${reason}`);
      }
    }
    expect(texts).toEqual([text, text]);
    expect(ends.sort()).toEqual(["0 stop", "1 stop"]);
    expect([usages, ids.size]).toEqual([1, 1]);
  }
  expectNoRefusal(sandbox);
});

it("prompts at /v1/completions are continued, whole and streamed", async () => {
  const { sandbox, laplas } = await openLong();
  const text = longText({ tokens: 1_100 });
  sandbox.write({ text }, { times: 2 });
  const ask = (stream: boolean) =>
    laplas.fetch("http://nobody.invalid/v1/completions", {
      method: "POST",
      body: JSON.stringify({ model: FAMILIES.openai, prompt: "Write sentences.", max_tokens: 2_000, stream }),
    });
  const whole = (await (await ask(false)).json()) as { choices: { text: string; finish_reason: string }[] };
  expect(whole.choices).toMatchObject([{ text, finish_reason: "stop" }]);
  const events = (await (await ask(true)).text()).split("\n\n").filter((event) => event.startsWith("data: {"));
  const choices = events.flatMap((event) => (JSON.parse(event.slice(6)) as typeof whole).choices);
  expect(choices.map((choice) => choice.text).join("")).toBe(text);
  expect(choices.flatMap(({ finish_reason: reason }) => reason ?? [])).toEqual(["stop"]);
  expectNoRefusal(sandbox);
});
