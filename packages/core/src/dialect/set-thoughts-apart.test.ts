import { describe, expect, it } from "vitest";
import type { ThinkMarks } from "../catalog/model.js";
import type { ChatAnswerMessage, ChatCompletion, ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import { claudeChat } from "./claude-chat.js";
import type { AnswerReader } from "./dialect.js";
import { openaiChat } from "./openai-chat.js";
import { setThoughtsApart } from "./set-thoughts-apart.js";

/** No one reports anything of thoughts. */
function reader(marks: ThinkMarks, dialect: AnswerReader = openaiChat) {
  const { readAnswer, readStream } = setThoughtsApart(marks)(dialect);
  const report = (): never => {
    throw new Error("Nothing is to be reported.");
  };
  return { readAnswer: (given: ChatCompletion) => readAnswer(given, report), readStream: () => readStream(report) };
}
const both = reader("start");
const lacking = reader("end");

type Message = Partial<ChatAnswerMessage>;

function answer(...choices: readonly (readonly [message: Message, finishReason: string])[]): ChatCompletion {
  return {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: choices.map(([message, finish_reason], index) => ({
      index,
      message: { role: "assistant", content: null, ...message },
      finish_reason,
    })),
    usage: { total_tokens: 9 },
  };
}

function chunk(delta: ChatDelta, finish_reason: string | null = null, index = 0): ChatCompletionChunk {
  const choices = [{ index, delta, finish_reason }];
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices };
}

/** What a client puts together from a stream, by choice. */
function collect(dialect: Pick<typeof both, "readStream">, chunks: readonly ChatCompletionChunk[]) {
  const stream = dialect.readStream();
  const read = [...chunks.map(stream.read), stream.end()];
  const said: { reasoning: string; content: string }[] = [];
  for (const { index, delta } of read.flatMap((each) => each?.choices ?? [])) {
    const so = said[index] ?? { reasoning: "", content: "" };
    said[index] = {
      reasoning: so.reasoning + (delta.reasoning_content ?? ""),
      content: so.content + (delta.content ?? ""),
    };
  }
  return said;
}

describe("a dialect with thoughts set apart", () => {
  it("is the dialect itself for a model that writes none into its text", () => {
    expect(setThoughtsApart("none")(openaiChat)).toBe(openaiChat);
  });

  it("moves the thoughts of each choice into a field of its own", () => {
    const given = answer(
      [{ content: "<think>a</think>b" }, "stop"],
      [{ content: "c", refusal: null }, "stop"],
      [{ content: "<think>d" }, "length"],
    );
    const { choices, ...rest } = both.readAnswer(given);
    expect(choices.map(({ message }) => message)).toEqual([
      { role: "assistant", content: "b", reasoning_content: "a" },
      { role: "assistant", content: "c", refusal: null },
      { role: "assistant", content: "", reasoning_content: "d" },
    ]);
    expect(choices.map(({ finish_reason: reason }) => reason)).toEqual(["stop", "stop", "length"]);
    expect(rest).toEqual({ ...given, choices: undefined });
  });

  it.each<[string, Message]>([
    ["an answer without marks", { content: "Hello" }],
    ["no content", { content: null }],
    ["content in parts", { content: [{ type: "text", text: "<think>" }] as never }],
  ])("leaves %s as it is, whole and streamed", (_, message) => {
    const whole = answer([message, "stop"]);
    expect(both.readAnswer(whole)).toBe(whole);
    const stream = both.readStream();
    for (const given of [chunk({ content: "" }), chunk(message as ChatDelta), chunk({}, "stop")]) {
      expect(stream.read(given)).toBe(given);
    }
    expect(stream.end()).toBeUndefined();
  });

  it("says that there were thoughts also where they were empty", () => {
    const [choice] = both.readAnswer(answer([{ content: "<think>\n\n</think>\n\nHi" }, "stop"])).choices;
    expect(choice?.message).toEqual({ role: "assistant", content: "Hi", reasoning_content: "" });
  });

  it("streams thoughts and text piece by piece, cut anywhere, with a splitter for each choice", () => {
    const pieces = ["<th", "ink>", "a ", "b", "</thi", "nk>", "\n\nc", " d"];
    const chunks = pieces.flatMap((content) => [chunk({ content }, null, 0), chunk({ content: "e" }, null, 1)]);
    expect(collect(both, [...chunks, chunk({}, "stop", 1), chunk({}, "stop", 0)])).toEqual([
      { reasoning: "a b", content: "c d" },
      { reasoning: "", content: "e".repeat(pieces.length) },
    ]);
  });

  it("starts anew with each stream", () => {
    expect(collect(both, [chunk({ content: "<think>a" }, "length")])).toEqual([{ reasoning: "a", content: "" }]);
    expect(collect(both, [chunk({ content: "b" }, "stop")])).toEqual([{ reasoning: "", content: "b" }]);
  });

  it("gives what was held with the chunk that ends an answer, or with the end of a stream that has none", () => {
    const held = chunk({ content: "<thi" });
    expect(collect(both, [held, chunk({}, "stop")])).toEqual([{ reasoning: "", content: "<thi" }]);
    const stream = both.readStream();
    stream.read({ ...held, usage: { total_tokens: 1 } });
    expect(stream.end()).toEqual(held);
    expect(collect(lacking, [chunk({ content: "Hello" })])).toEqual([{ reasoning: "", content: "Hello" }]);
  });

  it("takes chunks that hold no choice, or none that can be read", () => {
    const odd = [{ ...chunk({}), choices: [], usage: {} }, { id: "c1" }, { ...chunk({}), choices: [null] }];
    const stream = both.readStream();
    for (const given of odd) expect(stream.read(given as never)).toBe(given);
    expect(stream.end()).toBeUndefined();
  });

  it("reads on from what the dialect itself has read", () => {
    const claude = reader("start", claudeChat);
    const [choice] = claude.readAnswer(answer([{ content: "<think>a</think>b" }, "max_tokens"])).choices;
    expect(choice).toMatchObject({ message: { content: "b", reasoning_content: "a" }, finish_reason: "length" });
    const read = claude.readStream().read(chunk({ content: "<think>a" }, "end_turn"));
    expect(read.choices[0]).toMatchObject({ delta: { content: "", reasoning_content: "a" }, finish_reason: "stop" });
  });
});

describe("of a server that may leave the first mark out", () => {
  const call = { index: 0, id: "t1", type: "function", function: { name: "f", arguments: "{}" } };

  it("thoughts end at the mark, whole and streamed", () => {
    const [choice] = lacking.readAnswer(answer([{ content: "a\n</think>\n\nb" }, "stop"])).choices;
    expect(choice?.message).toMatchObject({ content: "b", reasoning_content: "a" });
    const pieces = ["a\n</th", "ink>\n", "\nb"].map((content) => chunk({ content }));
    expect(collect(lacking, [...pieces, chunk({}, "stop")])).toEqual([{ reasoning: "a", content: "b" }]);
  });

  it("a text that is cut without a mark is thoughts, and one that ends is the answer", () => {
    const cut = lacking.readAnswer(answer([{ content: "Okay, so" }, "length"], [{ content: "Okay." }, "stop"]));
    expect(cut.choices.map(({ message }) => message)).toMatchObject([
      { content: "", reasoning_content: "Okay, so" },
      { content: "Okay." },
    ]);
    expect(collect(lacking, [chunk({ content: "Okay, " }), chunk({ content: "so" }, "length")])).toEqual([
      { reasoning: "Okay, so", content: "" },
    ]);
  });

  it.each([
    ["a field for thoughts", { reasoning_content: "a" }, "a"],
    ["an empty one", { reasoning_content: "" }, ""],
    ["one of another name", { reasoning: "a" }, ""],
  ])("text with %s beside it is the answer at once", (_, field, reasoning) => {
    const stream = lacking.readStream();
    const given = [chunk(field), chunk({ content: "b" }), chunk({ content: "</think>" }, "length")];
    for (const each of given) expect(stream.read(each)).toBe(each);
    const whole = answer([{ ...field, content: "b</think>" }, "length"]);
    expect(lacking.readAnswer(whole)).toBe(whole);
    expect(collect(lacking, [...given.slice(0, 1), chunk({ content: "<think>c</think>d" })])).toEqual([
      { reasoning: `${reasoning}c`, content: "d" },
    ]);
  });

  it("text before a tool call is the answer, whole and streamed", () => {
    const whole = answer([{ content: "Let me look", tool_calls: [call] as never }, "length"]);
    expect(lacking.readAnswer(whole)).toBe(whole);
    const stream = lacking.readStream();
    expect(stream.read(chunk({ content: "Let me look" })).choices[0]?.delta).toEqual({ content: "" });
    expect(stream.read(chunk({ tool_calls: [call] })).choices[0]?.delta).toEqual({
      content: "Let me look",
      tool_calls: [call],
    });
  });
});
