import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Habit, longText, type Sandbox } from "../index.js";
import { ask } from "../testing/client.js";
import { askOn, endMark, followUp, mark, type Part, part } from "../testing/go-on.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const model = "gpt-4o-mini";
const { messages } = ask("Go");
const text = longText({ tokens: 900 });
const anchorLength = 40;

/** The first part and the answer to its follow-up. */
async function goOn(habit: Habit, whole = text, extra: object = {}) {
  sandbox.write({ text: whole, habit });
  const first = await part(sandbox, { model, messages, ...extra });
  const soFar = first.content.trimEnd();
  const next = await part(sandbox, { model, messages: followUp(messages, soFar, anchorLength), ...extra });
  return { first, next, soFar, anchor: soFar.slice(-anchorLength), rest: whole.slice(soFar.length) };
}

describe("habits that bring the rest", () => {
  it.each<[string, Habit, (said: { soFar: string; anchor: string }) => string]>([
    ["mark and echo", "repeats", ({ anchor }) => `${mark}\n${anchor}`],
    ["the echo alone", "withoutMark", ({ anchor }) => anchor],
    ["the mark alone", "markOnly", () => `${mark}\n`],
    ["neither", "ignores", () => ""],
    ["a remark", { kind: "remark", text: "Sure." }, ({ anchor }) => `Sure.\n${mark}\n${anchor}`],
    [
      "a remark instead of the mark",
      { kind: "remark", text: "Sure.", instead: true },
      ({ anchor }) => `Sure.\n${anchor}`,
    ],
    ["blank lines", "blankLines", ({ anchor }) => `\n\n\n${mark}\n\n\n${anchor}`],
    ["a fence", "fence", ({ anchor }) => `${mark}\n\`\`\`text\n${anchor}`],
    ["a fence of a language", { kind: "fence", language: "py" }, ({ anchor }) => `${mark}\n\`\`\`py\n${anchor}`],
    ["one word", { kind: "repeatsWords", words: 1 }, ({ soFar }) => lastWords(soFar, 1)],
    ["forty words", { kind: "repeatsWords", words: 40 }, ({ soFar }) => lastWords(soFar, 40)],
    [
      "more than asked",
      { kind: "echoesMore", words: 3 },
      ({ soFar, anchor }) => `${mark}\n${lastWords(soFar.slice(0, -anchorLength), 3)}${anchor}`,
    ],
    ["what was said before", { kind: "sameAgain", last: 300 }, ({ soFar }) => soFar.slice(-300)],
  ])("%s comes before it", async (_, habit, lead) => {
    const { next, rest, ...said } = await goOn(habit);
    expect(next).toMatchObject({ content: lead(said) + rest, finishReason: "stop" });
  });

  it("less than asked comes before it, from the start of a word", async () => {
    const { next, rest, anchor } = await goOn("echoesLess");
    const echo = next.content.slice(`${mark}\n`.length, -rest.length);
    expect(anchor.endsWith(echo)).toBe(true);
    expect(echo.length).toBeLessThan(anchorLength / 2 + 1);
    expect(anchor.at(-echo.length - 1)).toBe(" ");
  });

  it("white space in front of it may be lost, fences of a language reopened and closed", async () => {
    const lines = `\`\`\`ts\nlet x;\n\`\`\`\n${"word ".repeat(382)}hello    \n\n  there ${"word ".repeat(50)}`;
    expect((await goOn({ kind: "ignores", trimmed: true }, lines, { max_tokens: 484 })).next.content).toMatch(
      /^there word/,
    );
    const { next } = await goOn({ kind: "fence", closes: true }, lines);
    expect(next.content).toMatch(/^<<<CONTINUE>>>\n```ts\n[^`]*\n```$/);
  });

  it("in a language without blanks a word is a character", async () => {
    const { next, soFar, rest } = await goOn(
      { kind: "repeatsWords", words: 6 },
      longText({ kind: "chinese", tokens: 700 }),
    );
    const words = next.content.slice(0, -rest.length);
    expect(soFar.endsWith(words)).toBe(true);
    expect(words.length).toBeLessThan(20);
  });

  it("end with the end mark when nothing is left, but for those that would not know", async () => {
    for (const [habit, content] of [
      ["repeats", endMark],
      ["remark", endMark],
      ["ignores", endMark],
      ["empty", ""],
    ] as const) {
      sandbox.write({ text: "Short text.", habit });
      const first = await part(sandbox, { model, messages });
      expect((await part(sandbox, { model, messages: followUp(messages, first.content) })).content).toBe(content);
    }
  });
});

describe("habits that do not bring the rest", () => {
  it("the same text from its start, which ends where it ended", async () => {
    const { first, next } = await goOn("sameAgain");
    expect([next.content, next.finishReason]).toEqual([first.content, "length"]);
  });

  it("other words from the start, of the same kind", async () => {
    sandbox.write({ kind: "table", habit: "restarts" });
    const first = await part(sandbox, { model, messages });
    const next = await part(sandbox, { model, messages: followUp(messages, first.content) });
    expect(next.content.slice(0, 60)).toBe(first.content.slice(0, 60));
    expect(next.content.slice(0, 120)).not.toBe(first.content.slice(0, 120));
  });

  it("another place with its own echo, behind or ahead", async () => {
    for (const ahead of [false, true]) {
      const { next, soFar, anchor } = await goOn({ kind: "otherPlace", ahead });
      const said = next.content.slice(`${mark}\n`.length);
      expect(said.startsWith(anchor)).toBe(false);
      expect(text).toContain(said);
      const place = text.indexOf(said) + anchorLength;
      expect(place > soFar.length).toBe(ahead);
    }
  });

  it("half of the echo and then other words", async () => {
    const { next, anchor, rest } = await goOn("changesMind");
    expect(next.content.startsWith(`${mark}\n${anchor.slice(0, anchorLength / 2)}, or rather: `)).toBe(true);
    expect(next.content).not.toContain(rest.slice(0, 60));
  });

  it("the whole echo and then other words with the same numbers, in later parts too", async () => {
    const long = longText();
    sandbox.write({ text: long, habit: [{ kind: "changesMind", after: "echo" }, "repeats"] });
    const joined = await askOn(sandbox, { model, messages });
    const sentencesOf = (whole: string) => whole.split(/\s+(?=\d+\. )/);
    const [said, meant] = [sentencesOf(joined), sentencesOf(long)];
    const changed = said.findIndex((sentence, index) => sentence !== meant[index]);
    expect(said.map((sentence) => Number.parseInt(sentence, 10))).toEqual(said.map((_, index) => index + 1));
    expect(said.slice(0, changed).join(" ").length).toBeGreaterThan(2000);
    expect(said.slice(changed).filter((sentence) => meant.includes(sentence))).toEqual([]);
    expect(joined.length).toBeGreaterThan(10_000);
  });

  it("nothing", async () => {
    const { next } = await goOn("empty");
    expect(next).toMatchObject({ content: "", finishReason: "stop" });
  });
});

describe("an end that comes too soon", () => {
  it("of a text: a sentence more, or the end mark", async () => {
    const { next, anchor, rest } = await goOn("stopsEarly");
    const more = next.content.slice(`${mark}\n${anchor}`.length);
    expect([rest.startsWith(more), more.at(-1), next.finishReason]).toEqual([true, ".", "stop"]);
    expect(more.length).toBeLessThan(rest.length / 2);
    expect((await goOn({ kind: "stopsEarly", says: "endMark" })).next.content).toBe(endMark);
  });

  it.each([
    ["a list", longText({ kind: "list" })],
    ["a long string", JSON.stringify({ path: "a", content: longText({ kind: "file", tokens: 900 }), last: [1] })],
    [
      "nested objects",
      JSON.stringify(Array.from({ length: 90 }, (_, id) => ({ [`key \\" ${id}`]: { id, on: [true] } }))),
    ],
  ])("of JSON, valid wherever the cut is: %s", async (_, document) => {
    for (let tokens = 200; tokens < 240; tokens += 1) {
      const { next, soFar, rest } = await goOn("stopsEarly", document, { max_tokens: tokens });
      const joined = soFar + next.content.slice(`${mark}\n`.length + anchorLength);
      expect(JSON.parse(joined)).not.toEqual(JSON.parse(document));
      expect(joined.length).toBeLessThan(soFar.length + rest.length);
    }
  });
});

describe("odd reports", () => {
  it("a text that ends at the cap, in the first part and in a later one", async () => {
    const exact = text.slice(0, 2048);
    sandbox.write({ text: exact, habit: "exactCap" });
    expect(await part(sandbox, { model, messages })).toMatchObject({ content: exact, finishReason: "length" });
    expect((await part(sandbox, { model, messages: followUp(messages, exact) })).content).toBe(endMark);

    sandbox.reset();
    const { next, soFar } = await goOn("exactCap", longText());
    expect(next.finishReason).toBe("length");
    const said = soFar + next.content.slice(`${mark}\n`.length + anchorLength);
    expect((await part(sandbox, { model, messages: followUp(messages, said) })).content).toBe(endMark);
  });

  it("a text that just fits is no cut without that habit", async () => {
    sandbox.write({ text: text.slice(0, 2048) });
    expect((await part(sandbox, { model, messages })).finishReason).toBe("stop");
  });

  it("a cut call as a finished one, or as words", async () => {
    const tool = {
      type: "function",
      function: { name: "f", description: "f", parameters: { type: "object", properties: {} } },
    };
    for (const finishReason of ["tool_calls", "stop"] as const) {
      for (const stream of [false, true]) {
        sandbox.write({ kind: "list", as: "tool", habit: { kind: "toolCalls", finishReason } });
        const first = await part(sandbox, { model, messages, tools: [tool], stream });
        expect(first.finishReason).toBe(finishReason);
        expect(longText({ kind: "list" }).startsWith(first.call ?? "-")).toBe(true);
        const next = { model, messages: followUp(messages, first.call ?? ""), tools: [tool], tool_choice: "none" };
        expect((await part(sandbox, next)).content.startsWith(mark)).toBe(true);
      }
    }
  });

  it.each<[string, string, (next: Part) => void]>([
    [
      "in a field",
      "deepseek/deepseek-r1",
      ({ content, reasoning }) => expect([content, reasoning.length]).toEqual(["", 400]),
    ],
    ["in front", "Qwen/QwQ-32B", ({ content }) => expect(content).toMatch(/^<think>\n[^<]+$/)],
    ["out of sight", model, ({ content, reasoning }) => expect([content, reasoning]).toEqual(["", ""])],
  ])("thoughts up to the cap, %s", async (_, id, check) => {
    sandbox.write({ text, habit: ["thinks", "repeats"] });
    const first = await part(sandbox, { model: id, messages });
    const next = { model: id, messages: followUp(messages, first.content), max_tokens: 100 };
    const thought = await part(sandbox, next);
    check(thought);
    expect(thought.finishReason).toBe("length");
    const after = await part(sandbox, { ...next, max_tokens: 512 });
    expect(after.content).toContain(`${mark}\n`);
  });
});

it("a list of habits has one for each follow-up, the last for all after it", async () => {
  sandbox.write({ text: longText(), habit: ["empty", "markOnly", { kind: "remark", text: "So:" }] });
  const first = await part(sandbox, { model, messages });
  const starts = [];
  for (let index = 0; index < 4; index += 1) {
    const { content } = await part(sandbox, { model, messages: followUp(messages, first.content) });
    starts.push(content.split("\n")[0]);
  }
  expect(starts).toEqual(["", mark, "So:", "So:"]);
});

it("a prefill is gone on with whatever the habit, but for what ends it", async () => {
  const claude = "claude-3-haiku-20240307";
  const next = async (habit: Habit) => {
    sandbox.write({ text, habit });
    const first = await part(sandbox, { model: claude, messages });
    const soFar = first.content.trimEnd();
    const said = [...messages, { role: "assistant", content: soFar }];
    return { ...(await part(sandbox, { model: claude, messages: said })), rest: text.slice(soFar.length) };
  };
  for (const habit of ["remark", "restarts", "repeatsWords"] as const) {
    const { content, rest } = await next(habit);
    expect(content).toBe(rest);
  }
  expect((await next("empty")).content).toBe("");
  const early = await next("stopsEarly");
  expect(early.rest.startsWith(early.content)).toBe(true);
  expect(early.content.length).toBeLessThan(early.rest.length);
});

it("asked in the form, Claude and all others have the habit", async () => {
  for (const id of ["claude-3-haiku-20240307", "gemini-2.0-flash", "MiniMax-Text-01"]) {
    const { next, anchor, rest } = await goOn({ kind: "remark", text: "So:" }, longText({ tokens: 600 }), {
      model: id,
    });
    expect(next.content.startsWith(`So:\n${mark}\n${anchor}${rest.slice(0, 300)}`)).toBe(true);
  }
});

/** The end of a text from the start of its last words. */
function lastWords(said: string, count: number): string {
  const starts = [...said.matchAll(/[\w'-]+/g)].map((match) => match.index);
  return said.slice(starts.at(-count));
}
