import { describe, expect, it, test } from "vitest";
import { readChoice } from "./read-choice.js";
import { readTools } from "./tool-table.js";

const tools = [
  { type: "function", name: "read" },
  { type: "custom", name: "patch" },
  { type: "namespace", name: "agents", tools: [{ type: "function", name: "wait" }] },
  { type: "web_search" },
];
const choose = (choice: unknown, list: unknown = tools): unknown =>
  readChoice(choice, readTools([[list, "tools"]], []));
const named = (name: string) => ({ type: "function", function: { name } });

describe("tool_choice", () => {
  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [null, undefined],
    ["auto", "auto"],
    ["none", "none"],
    ["required", "required"],
    [{ type: "function", name: "read" }, named("read")],
    [{ type: "function", function: { name: "read" } }, named("read")],
    [{ type: "custom", name: "patch" }, named("patch")],
    [{ type: "function", name: "wait", namespace: "agents" }, named("agents__wait")],
    [
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "read" }, { type: "web_search" }] },
      { type: "allowed_tools", allowed_tools: { mode: "required", tools: [named("read")] } },
    ],
    [{ type: "allowed_tools", mode: "auto", tools: [{ type: "mcp", server_label: "x" }] }, "none"],
  ])("%j is %j in a chat", (choice, read) => {
    expect(choose(choice)).toEqual(read);
  });

  it("says nothing where no tool is left, unless it demands a call", () => {
    const hosted = [{ type: "web_search" }];
    expect(choose("auto", hosted)).toBeUndefined();
    expect(choose("none", hosted)).toBeUndefined();
    expect(choose("required", [])).toBeUndefined();
    expect(() => choose("required", hosted)).toThrow(expect.objectContaining({ param: "tool_choice" }));
  });

  test.each<[unknown]>([
    [{ type: "web_search_preview" }],
    [{ type: "image_generation" }],
    [{ type: "mcp", server_label: "x" }],
    [{ type: "function", name: "unknown" }],
    [{ type: "function", name: "wait" }],
    [{ type: "allowed_tools", mode: "required", tools: [{ type: "web_search" }] }],
    [{ type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "unknown" }] }],
    [{ type: { toString: 1 } }],
    ["sometimes"],
    [5],
  ])("%j is refused", (choice) => {
    expect(() => choose(choice)).toThrow(
      expect.objectContaining({ code: "invalid_request", param: expect.stringMatching(/^tool_choice/) }),
    );
  });
});
