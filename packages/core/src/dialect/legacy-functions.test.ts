import { describe, expect, it, test } from "vitest";
import { readThrough, sameHoweverCut, wholeAnswer } from "../testing/cut-answer.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import { asFunctionCall, functionsAsTools, translateFunctionChoice, translateFunctions } from "./legacy-functions.js";

const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

describe("functions of 2023", () => {
  const functions = [{ name: "f", parameters: {} }, { name: "g" }];
  const tools = functions.map((called) => ({ type: "function", function: called }));

  it("are offered as tools, after the caller's tools, and this is reported", () => {
    const draft = draftOf("openai", [], { rest: { tools: [{ type: "web_search" }] } });
    expect(translateFunctions(functions, draft)).toBeUndefined();
    expect(draft.rest.tools).toEqual([{ type: "web_search" }, ...tools]);
    expect(draft.hasFunctions).toBe(true);
    expect(reportedIn(draft)).toEqual(["functions=tools"]);
  });

  it("that are none leave the answer in newer words", () => {
    const draft = draftOf("openai");
    translateFunctions([], draft);
    expect(draft).toMatchObject({ hasFunctions: false, rest: {}, adjustments: [] });
  });

  test.each(["f", {}, [null], ["f"]])("are not %j", (value) => {
    expect(() => translateFunctions(value, draftOf("openai"))).toThrow(refusal("functions"));
  });

  test.each<[unknown, unknown]>([
    ["auto", "auto"],
    ["none", "none"],
    [{ name: "f" }, { type: "function", function: { name: "f" } }],
  ])("are chosen by %j as by %j, unless a newer word chooses", (choice, expected) => {
    const draft = draftOf("openai");
    expect(translateFunctionChoice(choice, draft)).toBeUndefined();
    expect(draft.rest.tool_choice).toEqual(expected);
    expect(reportedIn(draft)).toEqual(["function_call=tool_choice"]);
    const newer = draftOf("openai", [], { rest: { tool_choice: "required" } });
    translateFunctionChoice(choice, newer);
    expect(newer.rest.tool_choice).toBe("required");
  });
});

describe("a conversation with calls of functions", () => {
  const user = { role: "user", content: "Hi" };
  const calling = (name: string) => ({ role: "assistant", content: null, function_call: { name, arguments: "{}" } });
  const result = (name: string | undefined, content: string) => ({
    role: "function",
    ...(name === undefined ? {} : { name }),
    content,
  });

  it("calls tools, with ids that pair calls and results, and this is reported once", () => {
    const draft = draftOf("openai", [user, calling("f"), result("f", "1"), calling("f"), result(undefined, "2")]);
    const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
    expect(functionsAsTools(draft)).toEqual([
      user,
      { role: "assistant", content: null, tool_calls: [call("call_function_1")] },
      { role: "tool", tool_call_id: "call_function_1", content: "1" },
      { role: "assistant", content: null, tool_calls: [call("call_function_2")] },
      { role: "tool", tool_call_id: "call_function_2", content: "2" },
    ]);
    expect(reportedIn(draft)).toEqual(["messages=functions_as_tools"]);
  });

  test.each([
    ["without a call", [user, result("f", "1")], "messages[1]"],
    ["of another function", [calling("f"), result("g", "1")], "messages[1]"],
    ["that comes twice", [calling("f"), result("f", "1"), result("f", "2")], "messages[2]"],
  ])("refuses a result %s", (_, messages, param) => {
    expect(() => functionsAsTools(draftOf("openai", messages))).toThrow(refusal(param));
  });

  it("is not there: nothing is changed", () => {
    const draft = draftOf("openai", [user, { role: "assistant", content: "a", function_call: null }]);
    expect(functionsAsTools(draft)).toEqual(draft.messages);
    expect(reportedIn(draft)).toEqual([]);
  });
});

describe("an answer to a caller of functions", () => {
  const { whole } = readThrough(asFunctionCall);

  it("calls one in the older words, whole and streamed", () => {
    const answer = wholeAnswer({ content: "Hm.", calls: [["f", '{"a":1}']] });
    expect(whole(answer)).toMatchObject({
      choices: [{ content: "Hm.", calls: [], called: { name: "f", arguments: '{"a":1}' }, reason: "function_call" }],
      reported: [],
    });
    sameHoweverCut(answer, asFunctionCall);
  });

  it("has room for the first call, and reports that there were others", () => {
    const answer = wholeAnswer(
      {
        calls: [
          ["f", '{"a":1}'],
          ["g", '{"b":2}'],
        ],
      },
      { content: "a" },
    );
    expect(whole(answer)).toMatchObject({
      choices: [
        { calls: [], called: { name: "f" } },
        { content: "a", called: {}, reason: "stop" },
      ],
      reported: ["function_call=first_of_several"],
    });
    sameHoweverCut(answer, asFunctionCall);
  });

  it("without a call is the same object", () => {
    const reader = asFunctionCall({
      readAnswer: (answer) => answer,
      readStream: () => ({ read: (chunk) => chunk, end: () => undefined }),
    });
    const answer = wholeAnswer({ content: "Hello" });
    expect(reader.readAnswer(answer, () => {})).toBe(answer);
    const chunk = {
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta: { content: "a" }, finish_reason: null }],
    } as const;
    expect(reader.readStream(() => {}).read(chunk as never)).toBe(chunk);
  });
});
