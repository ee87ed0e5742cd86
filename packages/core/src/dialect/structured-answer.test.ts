import { describe, expect, it, test } from "vitest";
import { readThrough, type Said, sameHoweverCut, wholeAnswer } from "../testing/cut-answer.js";
import { type AnswerTool, answerByTool } from "./structured-answer.js";

const alone: AnswerTool = { name: "ours", isAlone: true };
const beside: AnswerTool = { name: "ours", isAlone: false };
const wrapped: AnswerTool = { ...alone, wrapper: "answer" };
const json = '{"city":"Köln 😀","rain":[1, 2]}';
const read = (tool: AnswerTool, said: Said) => {
  const { choices, reported } = readThrough(answerByTool(tool)).whole(wholeAnswer(said));
  return { ...choices[0], reported };
};
const other = { id: "call_0", name: "other", arguments: "{}" };

describe("an answer by a tool", () => {
  test.each<[string, AnswerTool, Said, object]>([
    [
      "is the arguments, and text before it is dropped",
      alone,
      { content: "So:", calls: [["ours", json]] },
      { content: json },
    ],
    ["is the arguments beside other tools too", beside, { content: "So:", calls: [["ours", json]] }, { content: json }],
    ["without arguments is the empty object", alone, { calls: [["ours", ""]] }, { content: "{}" }],
    [
      "is the first of two",
      beside,
      {
        calls: [
          ["ours", json],
          ["ours", "{}"],
        ],
      },
      { content: json },
    ],
    [
      "is taken out of its wrapper",
      wrapped,
      { calls: [["ours", '{"answer": [1, {"a": null}]}']] },
      { content: '[1,{"a":null}]' },
    ],
    ["may be a bare value in its wrapper", wrapped, { calls: [["ours", '{"answer": null}']] }, { content: "null" }],
    ["that was not wrapped stays as it is", wrapped, { calls: [["ours", "[1]"]] }, { content: "[1]" }],
    [
      "that was cut stays as it is",
      alone,
      { calls: [["ours", '{"a']], reason: "length" },
      { content: '{"a', reason: "length" },
    ],
    [
      "that was cut in its wrapper is as much of it as came",
      wrapped,
      { calls: [["ours", '{"answer": ["a']], reason: "length" },
      { content: '["a', reason: "length" },
    ],
    [
      "that was cut before it began is nothing",
      wrapped,
      { calls: [["ours", '{"ans']], reason: "length" },
      { content: "", reason: "length" },
    ],
    ["may be JSON in words", beside, { content: ` ${json}\n` }, { content: json }],
    ["may be JSON in a fence", alone, { content: `\`\`\`json\n${json}\n\`\`\`` }, { content: json }],
    ["in other words is a refusal", alone, { content: "I'd rather not." }, { content: "", refusal: "I'd rather not." }],
    [
      "in other words that were cut is no refusal",
      alone,
      { content: "I'd", reason: "length" },
      { content: "I'd", reason: "length" },
    ],
    ["may be silence", alone, { content: null }, { content: "" }],
  ])("%s", (_, tool, said, expected) => {
    expect(read(tool, said)).toEqual({
      content: "",
      refusal: "",
      reason: "stop",
      calls: [],
      called: {},
      reported: [],
      ...expected,
    });
    sameHoweverCut(wholeAnswer(said), answerByTool(tool));
  });

  test.each<[string, Said, object]>([
    ["with its text", { content: "Hm.", calls: [["other", "{}"]] }, { content: "Hm." }],
    [
      "without the answer, which is reported",
      {
        calls: [
          ["other", "{}"],
          ["ours", json],
        ],
      },
      { reported: ["tool_calls=without_answer"] },
    ],
  ])("waits while another tool is called: its call goes out %s", (_, said, expected) => {
    expect(read(beside, said)).toEqual({
      content: "",
      refusal: "",
      reason: "tool_calls",
      calls: [other],
      called: {},
      reported: [],
      ...expected,
    });
    sameHoweverCut(wholeAnswer(said), answerByTool(beside));
  });

  it("leaves the others' calls in their order, without a gap", () => {
    const said: Said = {
      content: "Hm.",
      calls: [
        ["ours", json],
        ["a", '{"a":1}'],
        ["ours", "{}"],
        ["b", ""],
      ],
    };
    expect(read(beside, said)).toMatchObject({
      calls: [
        { name: "a", id: "call_1" },
        { name: "b", id: "call_3" },
      ],
    });
    sameHoweverCut(wholeAnswer(said), answerByTool(beside));
  });

  it("drops calls of tools that nobody offered, which is reported", () => {
    const said: Said = { content: json, calls: [["other", "{}"]] };
    expect(read(alone, said)).toMatchObject({
      content: json,
      calls: [],
      reason: "stop",
      reported: ["tool_calls=without_unknown"],
    });
    sameHoweverCut(wholeAnswer(said), answerByTool(alone));
    sameHoweverCut(
      wholeAnswer({
        calls: [
          ["other", "{}"],
          ["ours", json],
        ],
      }),
      answerByTool(alone),
    );
  });

  it("that is nothing but a call of a tool that nobody offered is reported as not given", () => {
    for (const content of [null, ""]) {
      const said: Said = { content, calls: [["other", "{}"]] };
      expect(read(alone, said)).toMatchObject({
        content: "",
        calls: [],
        reason: "stop",
        reported: ["response_format=not_given", "tool_calls=without_unknown"],
      });
      sameHoweverCut(wholeAnswer(said), answerByTool(alone));
    }
    const refusing: Said = { content: "No.", calls: [["other", "{}"]] };
    expect(read(alone, refusing)).toMatchObject({ refusal: "No.", reported: ["tool_calls=without_unknown"] });
    sameHoweverCut(wholeAnswer(refusing), answerByTool(alone));
  });

  it("is read by itself in each choice", () => {
    const answer = wholeAnswer(
      { content: "a", calls: [["ours", json]] },
      { content: "b", calls: [["other", "{}"]] },
      { content: `\`\`\`\n[]\n\`\`\`` },
      { content: "No." },
    );
    const { choices } = readThrough(answerByTool(beside)).whole(answer);
    expect(choices).toMatchObject([
      { content: json },
      { content: "b", calls: [other] },
      { content: "[]" },
      { refusal: "No." },
    ]);
    sameHoweverCut(answer, answerByTool(beside));
  });

  it("goes out piece by piece where it is alone", () => {
    const stream = answerByTool(alone)({
      readAnswer: (answer) => answer,
      readStream: () => ({ read: (chunk) => chunk, end: () => undefined }),
    }).readStream(() => {});
    const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" } as const;
    const piece = (index: number, text: string, name?: string) =>
      stream.read({
        ...head,
        choices: [
          {
            index: 0,
            delta: { tool_calls: [{ index, function: { arguments: text, ...(name === undefined ? {} : { name }) } }] },
            finish_reason: null,
          },
        ],
      }).choices[0]?.delta;
    expect([piece(0, "", "ours"), piece(0, '{"a'), piece(0, '":1}')]).toEqual([
      {},
      { content: '{"a' },
      { content: '":1}' },
    ]);
    expect(stream.end()).toBeUndefined();
  });

  it("of a stream that breaks off is what was held", () => {
    const { streamed } = readThrough(answerByTool(beside));
    const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" } as const;
    const chunks = ["I th", "ink"].map((content) => ({
      ...head,
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    }));
    expect(streamed(chunks).choices).toMatchObject([{ content: "I think", reason: null }]);
  });
});
