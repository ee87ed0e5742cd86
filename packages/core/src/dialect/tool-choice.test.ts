import { describe, expect, it, test } from "vitest";
import { draftOf, reportedIn } from "../testing/draft.js";
import { limitToOneCall, readToolChoice, toolsOf } from "./tool-choice.js";
import { offerTools } from "./tools.js";

const named = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });

/** A draft that offers tools of these names. */
function offering(...names: string[]) {
  const draft = draftOf("openai");
  const tools = offerTools(names.map(named), draft);
  if (tools !== undefined) draft.fields.tools = tools;
  return draft;
}
const namesIn = (draft: ReturnType<typeof offering>) => toolsOf(draft).map(({ function: { name } }) => name);
const refused = (param: string) => expect.objectContaining({ code: "invalid_request", param });
const theOther = { type: "function", function: { name: "b" } };

describe("a choice among tools", () => {
  test.each<[unknown, unknown, string[]]>([
    ["auto", "auto", []],
    ["none", "none", []],
    ["required", "required", []],
    ["any", "required", ["tool_choice=required"]],
    [{ type: "auto" }, "auto", []],
    [{ type: "any" }, "required", ["tool_choice=required"]],
    [{ type: "none" }, "none", []],
    [theOther, theOther, []],
    [{ type: "function", name: "b" }, theOther, []],
    [{ type: "tool", name: "b" }, theOther, []],
  ])("%j is %j", (given, choice, reported) => {
    const draft = offering("a", "b");
    expect(readToolChoice(given, draft)).toEqual(choice);
    expect(reportedIn(draft)).toEqual(reported);
    expect(namesIn(draft)).toEqual(["a", "b"]);
  });

  it("of fewer tools offers only those, in either of OpenAI's shapes", () => {
    const tools = [theOther, { type: "web_search" }];
    for (const given of [
      { type: "allowed_tools", allowed_tools: { mode: "required", tools } },
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "b" }] },
    ]) {
      const draft = offering("a", "b");
      expect(readToolChoice(given, draft)).toBe("required");
      expect(namesIn(draft)).toEqual(["b"]);
      expect(reportedIn(draft)).toEqual(["tool_choice=fewer_tools"]);
    }
  });

  it("of none of them says nothing, unless a call is demanded", () => {
    const choose = (mode: string) =>
      readToolChoice({ type: "allowed_tools", allowed_tools: { mode, tools: [] } }, offering("a"));
    expect(choose("auto")).toBeUndefined();
    expect(() => choose("required")).toThrow(refused("tool_choice"));
  });

  it("without any tool says nothing, unless it names one; that a call was demanded is reported", () => {
    for (const choice of ["none", "auto", { type: "auto" }]) {
      const draft = offering();
      expect(readToolChoice(choice, draft)).toBeUndefined();
      expect(draft.adjustments).toEqual([]);
    }
    for (const choice of ["required", "any", { type: "any" }]) {
      const draft = offering();
      expect(readToolChoice(choice, draft)).toBeUndefined();
      expect(draft.adjustments).toMatchObject([{ to: "tool_choice=removed", changesAnswer: true }]);
    }
    expect(() => readToolChoice(theOther, offering())).toThrow(refused("tool_choice"));
    const searching = draftOf("openai");
    expect(offerTools([{ type: "web_search" }], searching)).toBeUndefined();
    expect(readToolChoice("auto", searching)).toBeUndefined();
    expect(() => readToolChoice("required", searching)).toThrow(refused("tool_choice"));
  });

  test.each<[unknown, string]>([
    [{ type: "function", function: { name: "c" } }, "tool_choice"],
    [{ type: "function" }, "tool_choice.function.name"],
    [{ type: "web_search" }, "tool_choice"],
    [{ type: "custom", name: "a" }, "tool_choice"],
    [{ type: "allowed_tools", mode: "auto" }, "tool_choice.allowed_tools.tools"],
    [{ type: "allowed_tools", mode: "some", tools: [] }, "tool_choice.allowed_tools.mode"],
    [{ type: "allowed_tools", mode: "auto", tools: [{}] }, "tool_choice.allowed_tools.tools"],
    [{ type: "allowed_tools", mode: "auto", tools: [{ name: "c" }] }, "tool_choice"],
    [5, "tool_choice"],
  ])("%j is refused", (given, param) => {
    expect(() => readToolChoice(given, offering("a", "b"))).toThrow(refused(param));
  });

  it("in Anthropic's words may ask for one call at a time, unless the caller says otherwise", () => {
    const draft = offering("a");
    readToolChoice({ type: "auto", disable_parallel_tool_use: true }, draft);
    expect(draft.rest.parallel_tool_calls).toBe(false);
    draft.rest.parallel_tool_calls = true;
    readToolChoice({ type: "auto", disable_parallel_tool_use: true }, draft);
    expect(draft.rest.parallel_tool_calls).toBe(true);
  });
});

it("one call at a time is said only beside tools, and no word of it must be another", () => {
  expect(limitToOneCall(false, offering("a"))).toBe(false);
  expect(limitToOneCall(true, offering("a"))).toBe(true);
  expect(limitToOneCall(false, offering())).toBeUndefined();
  expect(() => limitToOneCall("no", offering("a"))).toThrow(refused("parallel_tool_calls"));
});
