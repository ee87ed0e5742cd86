import { describe, expect, it, test } from "vitest";
import type { ChatDelta } from "../request/wire-types.js";
import { readThrough, type Said, sameHoweverCut, wholeAnswer } from "../testing/cut-answer.js";
import { findJson } from "./find-json.js";
import { jsonInText } from "./json-in-text.js";

describe("JSON that was asked for in words", () => {
  test.each<[string, Said, string, string[]]>([
    ["is as it was said", { content: '{"a": 1}' }, '{"a": 1}', []],
    ["is taken out of a fence", { content: '```json\n{"a": 1}\n```\n' }, '{"a": 1}', []],
    ["is reported where it is none", { content: "Sure!" }, "Sure!", ["response_format=not_json"]],
    ["is reported where nothing is said", { content: "" }, "", ["response_format=not_json"]],
    [
      "that was cut stays as it is: the reason says so",
      { content: '```json\n{"a"', reason: "length" },
      '```json\n{"a"',
      [],
    ],
  ])("%s", (_, said, content, reported) => {
    const answer = wholeAnswer(said);
    expect(readThrough(jsonInText).whole(answer)).toMatchObject({ choices: [{ content }], reported });
    sameHoweverCut(answer, jsonInText);
  });

  it("is read by itself in each choice", () => {
    const answer = wholeAnswer({ content: "```\n[1]\n```" }, { content: "No." }, { content: "{}" });
    expect(readThrough(jsonInText).whole(answer)).toMatchObject({
      choices: [{ content: "[1]" }, { content: "No." }, { content: "{}" }],
      reported: ["response_format=not_json"],
    });
    sameHoweverCut(answer, jsonInText);
  });

  it("of a stream that breaks off is what was held, and of silence is silence", () => {
    const head = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" } as const;
    const chunk = (delta: ChatDelta, finish_reason: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta, finish_reason }],
    });
    const { streamed } = readThrough(jsonInText);
    expect(streamed([chunk({ content: "{" }), chunk({ content: '"a"' })]).choices).toMatchObject([{ content: '{"a"' }]);
    expect(streamed([chunk({ role: "assistant" }), chunk({}, "stop")])).toMatchObject({
      choices: [{ content: "" }],
      reported: [],
    });
    expect(readThrough(jsonInText).whole(wholeAnswer({ content: null })).reported).toEqual([]);
  });
});

test.each<[string, string | undefined]>([
  ['{"a":1}', '{"a":1}'],
  [" [1]\n", "[1]"],
  ["```json\n{}\n```", "{}"],
  ["```JSON {} ```", "{}"],
  ["```\n{}```", "{}"],
  ['"a"', undefined],
  ["1", undefined],
  ["null", undefined],
  ["", undefined],
  ["```json\n{", undefined],
  ["So: {}", undefined],
  ["Here it is:\n```json\n{}\n```\nAnything else?", "{}"],
  ["```\n{}\n``` or\n```\n[]\n```", undefined],
])("the JSON in %j is %j", (text, json) => {
  expect(findJson(text)).toBe(json);
});
