import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type LongTextKind, longText, type Sandbox } from "../index.js";
import { ask } from "../testing/client.js";
import { askOn, endMark, followUp, instruction, mark, part } from "../testing/go-on.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null, concurrency: null } });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const models = {
  "openai-like": "gpt-4o-mini",
  "together-like": "meta-llama/Llama-3.3-70B-Instruct-Turbo",
  minimax: "MiniMax-Text-01",
  gemini: "gemini-2.0-flash",
  claude: "claude-3-5-sonnet-20241022",
};
const model = models["openai-like"];
const writeFile = {
  type: "function",
  function: {
    name: "write_file",
    description: "Write a file",
    parameters: {
      type: "object",
      properties: { file_path: { type: "string" }, content: { type: "string" } },
      required: ["file_path", "content"],
    },
  },
};
const claudeTool = {
  name: "write_file",
  description: "Write a file",
  input_schema: writeFile.function.parameters,
};
const kinds: LongTextKind[] = ["sentences", "code", "table", "chinese", "list", "file"];

describe("a draft", () => {
  it.each(kinds)("of the kind %s comes in parts that make up the whole", async (kind) => {
    sandbox.write({ kind });
    expect(await askOn(sandbox, { model, ...ask("Go") })).toBe(longText({ kind }));
    expect(sandbox.counts().received).toBeGreaterThan(3);
  });

  it.each(Object.entries(models))("is cut and continued in the family %s, whole and streamed", async (_, id) => {
    for (const stream of [false, true]) {
      const text = longText({ tokens: 1200, seed: 3 });
      sandbox.write({ text, jitter: 40 });
      expect(await askOn(sandbox, { model: id, stream, ...ask("Go") })).toBe(text);
      const [first] = sandbox.requests;
      expect(first?.status).toBe(201);
    }
  });

  it("goes into a tool's arguments, and on as text", async () => {
    const text = longText({ kind: "file" });
    for (const [id, body] of [
      [model, { tools: [writeFile], tool_choice: "none" }],
      [models.claude, { tools: [claudeTool], tool_choice: { type: "none" } }],
    ] as const) {
      sandbox.write({ kind: "file", tool: "write_file" });
      const given = { model: id, ...ask('Write "sea.ts"') };
      const first = await part(sandbox, { ...given, tools: body.tools });
      expect(first.finishReason).toBe("length");
      expect(() => JSON.parse(first.call ?? "")).toThrow();
      let soFar = first.call ?? "";
      for (let next = first; next.finishReason === "length"; ) {
        next = await part(sandbox, { ...given, ...body, messages: followUp(given.messages, soFar) });
        expect(next.call).toBeUndefined();
        soFar = soFar.trimEnd() + next.content.slice(`${mark}\n${soFar.trimEnd().slice(-40)}`.length);
      }
      expect(JSON.parse(soFar)).toEqual({ file_path: "sea.ts", content: text });
    }
  });

  it("is one document where JSON is wanted, and waits for a request that offers its tool", async () => {
    sandbox.write({ kind: "file", tool: "write_file" });
    sandbox.write({ kind: "table", tokens: 60, as: "json" });
    const { content } = await part(sandbox, { model, ...ask("Go"), response_format: { type: "json_object" } });
    expect(JSON.parse(content)).toEqual({ text: longText({ kind: "table", tokens: 60 }) });
    const other = { ...writeFile, function: { ...writeFile.function, name: "read_file" } };
    const choice = { type: "function", function: { name: "read_file" } };
    const tools = [writeFile, other];
    const read = await part(sandbox, { model, ...ask("Go"), tools, tool_choice: choice });
    expect(read.call).not.toContain("strict as assert");
    const { call } = await part(sandbox, { model, ...ask("Go"), tools, max_tokens: 20 });
    expect(call).toMatch(/^\{"file_path"/);
  });

  it("is for as many requests as asked, of those that are meant, and for no follow-up", async () => {
    const meant = (word: string) => ({
      times: 2,
      when: ({ body }: { body: unknown }) => JSON.stringify(body).includes(word),
    });
    sandbox.write({ text: "x".repeat(3000) }, meant("apple"));
    const apple = ask("apple");
    const before = await part(sandbox, { model, ...ask("pear") });
    const first = await part(sandbox, { model, ...apple });
    await part(sandbox, { model, messages: followUp(apple.messages, first.content) });
    const second = await part(sandbox, { model, ...apple });
    const third = await part(sandbox, { model, ...apple });
    expect([before, first, second, third].map(({ content }) => content.startsWith("xxx"))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("is forgotten by a reset, begun or not", async () => {
    const text = longText();
    sandbox.write({ text }, { times: 2 });
    const first = await part(sandbox, { model, ...ask("Go") });
    sandbox.reset();
    expect((await part(sandbox, { model, ...ask("Go") })).content).not.toBe(first.content);
    const next = await part(sandbox, { model, messages: followUp(ask("Go").messages, first.content) });
    expect(next.content).not.toContain(mark);
  });

  it.each([
    [{ text: "" }, "text must not be empty"],
    [{ text: "x", kind: "list" as const }, "text or kind"],
    [{ kind: "poem" as LongTextKind }, "kind must be one of sentences"],
    [{ tokens: 0 }, "tokens"],
    [{ jitter: -1 }, "jitter"],
    [{ as: "xml" as "text" }, "as must be"],
    [{ torn: "off" as "half" }, "torn must be"],
    [{ habit: [] }, "empty list"],
    [{ habit: "lies" as "empty" }, "habit must be one of repeats"],
  ])("%j is refused", (draft, words) => {
    expect(() => sandbox.write(draft)).toThrow(words);
    expect(() => sandbox.write({}, { times: 0 })).toThrow("times");
  });
});

describe("cuts", () => {
  it("fall before the cap by the seed, and spend no more than is said", async () => {
    const lengths = new Set<number>();
    for (let seed = 1; seed <= 20; seed += 1) {
      sandbox.write({ kind: "chinese", seed, jitter: 30 });
      const { content } = await part(sandbox, { model, ...ask(`Go ${seed}`), max_tokens: 100 });
      expect(content.length).toBeLessThanOrEqual(401);
      expect(content.length).toBeGreaterThanOrEqual(400 - 31);
      expect(content.isWellFormed()).toBe(true);
      lengths.add(content.length);
    }
    expect(lengths.size).toBeGreaterThan(5);
  });

  it("tear no pair unless asked", async () => {
    for (const jitter of [0, 1, 2, 3, 4, 5]) {
      sandbox.write({ text: `x${"🏮".repeat(300)}`, jitter });
      expect((await part(sandbox, { model, ...ask("Go"), max_tokens: 20 })).content.isWellFormed()).toBe(true);
    }
  });

  it("leave U+FFFD of any character beyond ASCII, where it is asked", async () => {
    sandbox.write({ text: "中".repeat(100), torn: "replaced" }, { times: 2 });
    sandbox.write({ text: "a".repeat(100), torn: "replaced" });
    for (const end of ["中\ufffd", "中\ufffd", "aa"]) {
      const { content } = await part(sandbox, { model, ...ask("Go"), max_tokens: 20 });
      expect(content.endsWith(end)).toBe(true);
    }
  });

  it("leave U+FFFD or half a pair of a character, as is asked, within the cap", async () => {
    const text = "🏮".repeat(600);
    for (const [torn, end] of [
      ["replaced", "\ufffd"],
      ["half", "\ud83c"],
    ] as const) {
      for (const [stream, jitter] of [
        [false, 0],
        [true, 7],
      ] as const) {
        sandbox.write({ text, torn, jitter });
        const { content, finishReason } = await part(sandbox, { model, ...ask("Go"), max_tokens: 50, stream });
        expect(content.length).toBeLessThanOrEqual(200);
        expect([content.at(-1), finishReason]).toEqual([end, "length"]);
        expect(text.startsWith(content.slice(0, -1))).toBe(true);
      }
    }
  });

  it("can stand in an escape of JSON", async () => {
    const document = JSON.stringify({ note: "\\\n\u0001".repeat(300) });
    const ends = new Set<string>();
    for (let seed = 1; seed <= 30; seed += 1) {
      sandbox.write({ text: document, seed, jitter: 12 });
      const { content } = await part(sandbox, { model, ...ask("Go"), max_tokens: 40 });
      ends.add(/\\[^\\]{0,4}$/.exec(content)?.[0] ?? "");
    }
    expect([...ends].some((end) => end.startsWith("\\u"))).toBe(true);
  });
});

it("a stop text ends a later part too, and across the echo", async () => {
  const text = `${"word ".repeat(409)}st op END rest`;
  sandbox.write({ text });
  const { messages } = ask("Go");
  const body = { model, messages, stop: ["st op"] };
  const { content, finishReason } = await part(sandbox, body);
  expect([content.endsWith("word st "), finishReason]).toEqual([true, "length"]);
  const next = await part(sandbox, { ...body, messages: followUp(messages, content, 10) });
  expect([next.content, next.finishReason]).toEqual([`${mark}\nrd word `, "stop"]);
});

describe("which text is meant", () => {
  it("shows in the conversation, where two texts begin alike", async () => {
    const start = longText({ tokens: 600 });
    const texts = ["one", "two", "three"].map((word) => `${start}\n\nThe end of ${word}. ${word.repeat(800)}`);
    for (const text of texts) sandbox.write({ text });
    const answers = [];
    for (const [index] of texts.entries()) answers.push(askOn(sandbox, { model, ...ask(`Number ${index}`) }));
    expect((await Promise.all(answers)).sort()).toEqual(texts.sort());
  });

  it("shows in the beginning, where two conversations are the same", async () => {
    const texts = Array.from({ length: 8 }, (_, seed) => longText({ tokens: 1200, seed }));
    for (const text of texts) sandbox.write({ text });
    const answers = await Promise.all(texts.map(() => askOn(sandbox, { model, ...ask("Go") })));
    expect(answers.sort()).toEqual(texts.sort());
  });

  it("shows in where it was cut, where conversation and beginning are the same", async () => {
    const start = longText({ tokens: 600 });
    const texts = [1, 2, 3, 4].map((seed) => `${start}\n\nThe end of ${seed}. ${longText({ seed, tokens: 200 })}`);
    for (const [seed, text] of texts.entries()) sandbox.write({ text, seed, jitter: 900 });
    const answers = await Promise.all(texts.map(() => askOn(sandbox, { model, ...ask("Go") })));
    expect(answers.sort()).toEqual(texts.sort());
  });

  it("is known in another conversation where it is the only one that begins so", async () => {
    const start = longText({ tokens: 600 });
    const other = [{ role: "system", content: "Be kind." }, ...ask("Go").messages];
    sandbox.write({ text: `${start} One.` });
    const { content } = await part(sandbox, { model, ...ask("Go") });
    const next = () => part(sandbox, { model, messages: followUp(other, content) });
    expect((await next()).content.startsWith(mark)).toBe(true);
    sandbox.write({ text: `${start} Two.` });
    await part(sandbox, { model, ...ask("Go 2") });
    expect((await next()).content.startsWith(mark)).toBe(false);
  });

  it("is not known where the answer so far is not the model's, or what is to be repeated not its end", async () => {
    const text = longText();
    sandbox.write({ text });
    const { messages } = ask("Go");
    const { content } = await part(sandbox, { model, messages });
    for (const [soFar, anchor] of [
      [`${content}\ufffd`, content.slice(-30)],
      [content.replace("2.", "2. 2."), content.slice(-30)],
      [content, content.slice(-40, -10)],
    ] as const) {
      const said = [...messages, { role: "assistant", content: soFar }];
      const next = await part(sandbox, { model, messages: [...said, { role: "user", content: instruction(anchor) }] });
      expect(next).toMatchObject({ content: "I am not sure which text you mean.", finishReason: "stop" });
    }
  });

  it("is known in a conversation that ends in the assistant's own words", async () => {
    const text = longText({ tokens: 700 });
    sandbox.write({ text });
    const said = "Here you are. ";
    const user = ask("Go").messages;
    const first = await part(sandbox, { model, messages: [...user, { role: "assistant", content: said }] });
    const next = await part(sandbox, { model, messages: followUp(user, said + first.content) });
    expect(first.content.trimEnd() + next.content.slice(`${mark}\n`.length + 40)).toBe(text);
  });
});

describe("without a draft", () => {
  it("long answers are gone on with too, and by a sandbox that was started anew", async () => {
    const prompt = ask("Write 1000 words about the sea.");
    const whole = await askOn(sandbox, { model, ...prompt });
    expect(whole.split(/\s+/).length).toBeGreaterThanOrEqual(1000);
    sandbox.reset();
    const next = await part(sandbox, { model, messages: followUp(prompt.messages, whole.slice(0, 2000)) });
    expect(next.content.slice(`${mark}\n`.length + 40)).toBe(whole.slice(2000, 2000 + 2048 - 55));
  });

  it("JSON is gone on with as text, and begun again by a decoder that knows only JSON", async () => {
    const format = { response_format: { type: "json_object" } };
    const { messages } = ask("Write 1000 words about the sea.");
    const first = await part(sandbox, { model, messages, ...format });
    expect(first.content).toMatch(/^\{"answer"/);
    const next = { model, messages: followUp(messages, first.content) };
    expect((await part(sandbox, next)).content.startsWith(`${mark}\n${first.content.slice(-40)}`)).toBe(true);
    expect((await part(sandbox, { ...next, ...format })).content).toBe(first.content);
  });

  it("a cut call is begun again where calls are allowed", async () => {
    sandbox.write({ kind: "file", as: "tool" });
    const { messages } = ask("Go");
    const first = await part(sandbox, { model, messages, tools: [writeFile] });
    const next = await part(sandbox, {
      model,
      messages: followUp(messages, first.call ?? ""),
      tools: [writeFile],
      tool_choice: "auto",
    });
    expect([next.call, next.content]).toEqual([first.call, ""]);
  });

  it("a forced call comes in place of the rest of a text", async () => {
    const { messages } = ask("Write 1000 words about the sea.");
    const first = await part(sandbox, { model, messages });
    const next = { model, messages: followUp(messages, first.content), tools: [writeFile], tool_choice: "required" };
    expect((await part(sandbox, next)).call).toMatch(/^\{"file_path":/);
  });

  it("only the end mark comes where nothing is missing", async () => {
    const { messages } = ask("Count to 30");
    const { content } = await part(sandbox, { model, messages });
    expect((await part(sandbox, { model, messages: followUp(messages, content, 24) })).content).toBe(endMark);
  });
});

describe("an assistant's last word", () => {
  it("is continued by Claude right behind its end, in as many parts as it takes", async () => {
    const text = longText({ kind: "code", tokens: 1500 });
    for (const stream of [false, true]) {
      sandbox.write({ text, jitter: 25 });
      const { messages } = ask("Go");
      let next = await part(sandbox, { model: models.claude, messages, stream });
      let soFar = next.content;
      while (next.finishReason === "length") {
        soFar = soFar.trimEnd();
        const said = [...messages, { role: "assistant", content: soFar }];
        next = await part(sandbox, { model: models.claude, messages: said, stream });
        soFar += next.content;
      }
      expect([soFar, next.finishReason]).toEqual([text, "end_turn"]);
    }
  });

  it("of the caller's is part of what Claude goes on with", async () => {
    const text = longText({ tokens: 700 });
    sandbox.write({ text });
    const user = ask("Go").messages;
    const first = await part(sandbox, {
      model: models.claude,
      messages: [...user, { role: "assistant", content: "Yes:" }],
    });
    const said = [...user, { role: "assistant", content: `Yes:${first.content.trimEnd()}` }];
    const next = await part(sandbox, { model: models.claude, messages: said });
    expect(first.content.trimEnd() + next.content).toBe(text);
  });

  it("is continued by what was said in this conversation alone", async () => {
    sandbox.write({ text: longText() });
    await part(sandbox, { model: models.claude, ...ask("Go") });
    const said = [...ask("Hello").messages, { role: "assistant", content: "1. A young" }];
    expect((await part(sandbox, { model: models.claude, messages: said })).content).not.toContain("carpenter");
  });

  it("is a finished turn to the other families", async () => {
    const text = longText({ tokens: 700 });
    for (const [family, id] of Object.entries(models)) {
      if (family === "claude") continue;
      sandbox.write({ text });
      const { messages } = ask("Go");
      const first = await part(sandbox, { model: id, messages });
      const next = await part(sandbox, {
        model: id,
        messages: [...messages, { role: "assistant", content: first.content }],
      });
      expect(next.content.startsWith(`Sure, here it is once more.\n\n${text.slice(0, 100)}`)).toBe(true);
    }
  });
});
