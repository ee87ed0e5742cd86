import { describe, expect, it, test } from "vitest";
import type { Adjustment } from "../../request/adjustment.js";
import { readTools } from "./tool-table.js";

const read = (tools: unknown) => {
  const adjusted: Adjustment[] = [];
  const table = readTools([[tools, "tools"]], adjusted);
  return { table, adjusted, reported: adjusted.map(({ to }) => to) };
};
const parameters = { type: "object", properties: { city: { type: "string" } } };
const asInput = {
  type: "object",
  properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
  required: ["input"],
  additionalProperties: false,
};

describe("tools", () => {
  it("are functions, flat here and nested in chats", () => {
    const { table, reported } = read([
      { type: "function", name: "get_weather", description: "Weather", parameters, strict: true },
      { type: "function", name: "bare", description: null, parameters: null, strict: null },
      { type: "function", function: { name: "nested", parameters } },
      {
        type: "function",
        name: "more",
        parameters,
        defer_loading: false,
        allowed_callers: ["direct"],
        output_schema: {},
      },
    ]);
    expect(table.offered).toEqual([
      { type: "function", function: { name: "get_weather", description: "Weather", parameters, strict: true } },
      { type: "function", function: { name: "bare" } },
      { type: "function", function: { name: "nested", parameters } },
      { type: "function", function: { name: "more", parameters } },
    ]);
    expect(reported).toEqual([]);
    expect(table.find("get_weather")).toEqual({ kind: "function", name: "get_weather" });
  });

  it("of a namespace get one name there, and two here", () => {
    const { table, reported } = read([
      {
        type: "namespace",
        name: "multi_agent_v1",
        description: "Agents",
        tools: [
          { type: "function", name: "wait_agent", description: "Waits", parameters },
          { type: "custom", name: "patch" },
        ],
      },
    ]);
    const names = table.offered.map(({ function: called }) => (called as { name: string }).name);
    expect(names).toEqual(["multi_agent_v1__wait_agent", "multi_agent_v1__patch"]);
    expect(table.find("multi_agent_v1__wait_agent")).toEqual({
      kind: "function",
      name: "wait_agent",
      namespace: "multi_agent_v1",
    });
    expect(table.find("multi_agent_v1__patch")).toMatchObject({ kind: "custom", name: "patch" });
    expect(reported).toEqual(["tools=namespaces_flattened", "tools=custom_as_functions"]);
  });

  it("have names that vendors take, each its own, the same on every turn", () => {
    const tools = [
      { type: "function", name: "mcp.search" },
      { type: "function", name: "mcp_search" },
      { type: "function", name: "1st" },
      { type: "function", name: "é" },
      {
        type: "namespace",
        name: "n".repeat(60),
        tools: ["a", "b"].map((end) => ({ type: "function", name: `${"x".repeat(40)}${end}` })),
      },
    ];
    const namesOf = (): string[] =>
      read(tools).table.offered.map(({ function: called }) => (called as { name: string }).name);
    const names = namesOf();
    expect(names).toEqual(namesOf());
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[A-Za-z_][\w-]{0,63}$/);
    const { table } = read(tools);
    expect(names.map((name) => table.find(name).name)).toEqual([
      "mcp.search",
      "mcp_search",
      "1st",
      "é",
      `${"x".repeat(40)}a`,
      `${"x".repeat(40)}b`,
    ]);
  });

  it("that are custom become functions of one text, with the grammar in words", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: /x+/" };
    const { table } = read([
      { type: "custom", name: "apply_patch", description: "Patches files", format },
      { type: "custom", name: "plain", format: { type: "text" } },
      { type: "custom", name: "pattern", format: { type: "grammar", syntax: "regex", definition: "x+" } },
    ]);
    expect(table.offered).toEqual([
      {
        type: "function",
        function: {
          name: "apply_patch",
          description: "Patches files\n\nThe input must match this Lark grammar:\nstart: /x+/",
          parameters: asInput,
        },
      },
      { type: "function", function: { name: "plain", parameters: asInput } },
      {
        type: "function",
        function: {
          name: "pattern",
          description: "The input must match this regular expression:\nx+",
          parameters: asInput,
        },
      },
    ]);
    expect(table.find("apply_patch")).toEqual({ kind: "custom", name: "apply_patch" });
  });

  it("that are run elsewhere are left out, and reported as a change", () => {
    const { table, adjusted } = read([
      { type: "web_search" },
      { type: "local_shell" },
      { type: "image_generation", size: "1024x1024" },
      { type: "mcp", server_label: "x" },
      { type: "a type, with commas" },
    ]);
    expect(table.offered).toEqual([]);
    expect(table.hasDropped).toBe(true);
    expect(adjusted).toEqual(
      ["web_search", "local_shell", "image_generation", "mcp", "unknown_tool"].map((what) => ({
        field: "tools",
        to: `tools=without_${what}`,
        rule: "dialect",
        changesAnswer: true,
      })),
    );
  });

  it("that were called and are not offered any more still have a name", () => {
    const { table } = read([{ type: "function", name: "a__b" }]);
    expect(table.chatName({ kind: "function", name: "b", namespace: "a" })).toBe("a__b_2");
    expect(table.isOffered({ kind: "function", name: "b", namespace: "a" })).toBe(false);
    expect(table.find("never_heard_of")).toEqual({ kind: "function", name: "never_heard_of" });
  });

  test.each<[unknown, string]>([
    [{}, "tools"],
    [[null], "tools[0]"],
    [["x"], "tools[0]"],
    [[{ type: "function" }], "tools[0].name"],
    [
      [
        { type: "function", name: "a" },
        { type: "custom", name: 5 },
      ],
      "tools[1].name",
    ],
    [[{ type: "namespace", tools: [] }], "tools[0].name"],
    [[{ type: "namespace", name: "n" }], "tools[0].tools"],
    [[{ type: "namespace", name: "n", tools: [{ type: "function" }] }], "tools[0].tools[0].name"],
  ])("%j is refused, with the place", (tools, param) => {
    expect(() => read(tools)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
  });
});
