import { describe, expect, it, test } from "vitest";
import type { Adjustment } from "../request/adjustment.js";
import { closeTools, describeTools, readTools } from "./tools.js";

const tool = (fields: object = {}, beside: object = {}) =>
  ({ type: "function", function: { name: "f", ...fields }, ...beside }) as const;
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

function reporting<T>(work: (adjustments: Adjustment[]) => T): { result: T; reported: string[] } {
  const adjustments: Adjustment[] = [];
  const result = work(adjustments);
  return { result, reported: adjustments.map(({ to }) => to) };
}

describe("tools", () => {
  it("are kept as they are", () => {
    const tools = [tool({ description: "d", parameters: {}, strict: true, mood: "x" }, { cache_control: {} })];
    expect(readTools(tools)[0]).toBe(tools[0]);
  });

  it("lose what is null, which schemas don't take for absent", () => {
    expect(readTools([tool({ description: null, parameters: undefined, strict: false })])).toEqual([
      tool({ strict: false }),
    ]);
  });

  test.each<[unknown, string]>([
    ["f", "tools"],
    [{}, "tools"],
    [[null], "tools[0].function.name"],
    [[tool(), { type: "web_search" }], "tools[1].function.name"],
    [[{ type: "function", function: {} }], "tools[0].function.name"],
    [[tool({ name: "" })], "tools[0].function.name"],
    [[tool({ name: 5 })], "tools[0].function.name"],
  ])("are not %j", (tools, param) => {
    expect(() => readTools(tools)).toThrow(refusal(param));
  });
});

describe("a tool without a description", () => {
  it("is described by its name, and this is reported", () => {
    const { result, reported } = reporting((adjustments) =>
      describeTools(
        [tool({ description: "d" }), tool({ name: "g" }), tool({ name: "h", description: "" })],
        adjustments,
      ),
    );
    expect(result).toEqual([
      tool({ description: "d" }),
      tool({ name: "g", description: "g" }),
      tool({ name: "h", description: "h" }),
    ]);
    expect(reported).toEqual(["tools=described_by_name"]);
  });

  it("is not there: nothing is reported", () => {
    expect(reporting((adjustments) => describeTools([tool({ description: "d" })], adjustments))).toEqual({
      result: [tool({ description: "d" })],
      reported: [],
    });
  });
});

describe("tools for a family whose tools are closed", () => {
  const close = (...tools: ReturnType<typeof tool>[]) =>
    reporting((adjustments) => closeTools(tools, "gemini-1.5-pro", adjustments));

  it("lose strict, which is reported where it asks for anything", () => {
    const parameters = { type: "object" };
    expect(close(tool({ strict: true, description: "d", parameters }), tool({ strict: false }))).toEqual({
      result: [tool({ description: "d", parameters }), tool()],
      reported: ["tools=without_strict"],
    });
    expect(close(tool({ strict: false })).reported).toEqual([]);
  });

  test.each([
    [tool({ mood: "x" }), "tools[1].function.mood"],
    [tool({}, { cache_control: {} }), "tools[1].cache_control"],
  ])("have no place for other keys: %j", (surplus, param) => {
    expect(() => close(tool(), surplus)).toThrow(refusal(param));
    expect(() => close(tool(), surplus)).toThrow(/"gemini-1\.5-pro" does not take/);
  });

  it("may have keys that say nothing", () => {
    expect(close(tool({ mood: null }, { cache_control: undefined })).reported).toEqual([]);
  });
});
