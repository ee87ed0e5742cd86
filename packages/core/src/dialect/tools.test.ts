import { describe, expect, it, test } from "vitest";
import type { Dialect } from "../catalog/model.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import { offerTools } from "./tools.js";

const tool = (fields: object = {}, beside: object = {}) =>
  ({ type: "function", function: { name: "f", ...fields }, ...beside }) as const;
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

function offer(dialect: Dialect, tools: unknown) {
  const draft = draftOf(dialect);
  const offered = offerTools(tools, draft);
  const changes = draft.adjustments.filter(({ changesAnswer }) => changesAnswer).map(({ to }) => to);
  return { offered, reported: reportedIn(draft), changes };
}
const closed: readonly Dialect[] = ["gemini", "claude"];
const open: readonly Dialect[] = ["openai", "together", "minimax"];
const described: readonly Dialect[] = ["together", "minimax", ...closed];

describe("tools", () => {
  const root = { type: "object", properties: {} };

  test.each(open)("of the %s family are kept as they are, strictness too", (dialect) => {
    const tools = [tool({ description: "d", parameters: root, strict: true })];
    expect(offer(dialect, tools)).toEqual({ offered: tools, reported: [], changes: [] });
  });

  it("keep other keys of the function where nothing is known of them, and lose them at OpenAI", () => {
    const tools = [tool({ description: "d", mood: "x" })];
    expect(offer("together", tools)).toEqual({ offered: tools, reported: [], changes: [] });
    expect(offer("openai", tools)).toEqual({
      offered: [tool({ description: "d" })],
      reported: ["tools=without_extras"],
      changes: [],
    });
  });

  test.each<Dialect>(["openai", "claude"])(
    "of the %s family have an object with properties at their root",
    (dialect) => {
      const withSchema = (parameters: unknown) => [tool({ description: "d", parameters })];
      expect(offer(dialect, withSchema({ required: [] })).offered).toEqual(withSchema({ required: [], ...root }));
      for (const schema of [{ type: "array" }, { anyOf: [] }, { type: "object", allOf: [] }, { enum: [1] }, "a", []]) {
        expect(() => offer(dialect, withSchema(schema))).toThrow(refusal("tools[0].function.parameters"));
        expect(offer("together", withSchema(schema)).offered).toEqual(withSchema(schema));
      }
    },
  );

  it("that stand there twice are one, and two of one name are refused", () => {
    expect(offer("openai", [tool({ description: "d" }), tool({ description: "d" })])).toEqual({
      offered: [tool({ description: "d" })],
      reported: ["tools=without_repeated"],
      changes: [],
    });
    expect(() => offer("openai", [tool({ description: "d" }), tool({ description: "e" })])).toThrow(refusal("tools"));
  });

  it("are 128 at most at OpenAI", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, place) => tool({ name: `f${place}`, description: "d" }));
    expect(offer("openai", many(128)).offered).toHaveLength(128);
    expect(() => offer("openai", many(129))).toThrow(refusal("tools"));
    expect(offer("gemini", many(129)).offered).toHaveLength(129);
  });

  it("lose what is null, which schemas don't take for absent", () => {
    expect(offer("openai", [tool({ description: null, parameters: undefined, strict: false })]).offered).toEqual([
      tool({ strict: false }),
    ]);
  });

  it("lose keys beside the function, which is reported where they say anything", () => {
    expect(offer("openai", [tool({}, { cache_control: { type: "ephemeral" } })])).toEqual({
      offered: [tool()],
      reported: ["tools=without_extras"],
      changes: [],
    });
    expect(offer("openai", [tool({}, { cache_control: undefined, other: null })]).reported).toEqual([]);
  });

  it("that are none are not sent: OpenAI and Anthropic refuse an empty list", () => {
    expect(offer("openai", [])).toEqual({ offered: undefined, reported: [], changes: [] });
  });

  test.each<[unknown, string]>([
    ["f", "tools"],
    [{}, "tools"],
    [[null], "tools[0].function.name"],
    [[tool(), { type: "computer" }], "tools[1].type"],
    [[{ type: "custom", name: "f" }], "tools[0].type"],
    [[{ type: "function", function: {} }], "tools[0].function.name"],
    [[{ type: "function" }], "tools[0].function.name"],
    [[tool({ name: "" })], "tools[0].function.name"],
    [[tool({ name: 5 })], "tools[0].function.name"],
  ])("are not %j", (tools, param) => {
    expect(() => offer("openai", tools)).toThrow(refusal(param));
  });

  test.each(["a.b", "a b", "a".repeat(65)])("of OpenAI, Claude and Gemini are not named %j", (name) => {
    for (const dialect of ["openai", ...closed] as const) {
      expect(() => offer(dialect, [tool({ name })])).toThrow(refusal("tools[0].function.name"));
      expect(offer(dialect, [tool({ name: "a".repeat(64), description: "d" })]).reported).toEqual([]);
    }
    expect(offer("together", [tool({ name, description: "d" })]).reported).toEqual([]);
  });

  it("of Gemini begin with a letter or _", () => {
    expect(() => offer("gemini", [tool({ name: "1a" })])).toThrow(refusal("tools[0].function.name"));
    expect(offer("claude", [tool({ name: "1a", description: "d" })]).reported).toEqual([]);
  });
});

test.each([
  [
    "OpenAI's Responses' words",
    { type: "function", name: "f", description: "d", parameters: { type: "object", properties: {} }, strict: null },
  ],
  ["Anthropic's words", { name: "f", description: "d", input_schema: { type: "object", properties: {} } }],
  [
    "Anthropic's words with a type",
    { type: "custom", name: "f", description: "d", input_schema: { type: "object", properties: {} } },
  ],
])("a function in %s is one in the usual words", (_, given) => {
  expect(offer("openai", [given])).toEqual({
    offered: [tool({ description: "d", parameters: { type: "object", properties: {} } })],
    reported: ["tools=as_functions"],
    changes: [],
  });
});

test.each([
  { type: "web_search" },
  { type: "web_search_preview_2025_03_11" },
  { type: "web_search_20250305", name: "web_search", max_uses: 3 },
  { type: "google_search" },
  { google_search: {} },
  { googleSearch: {} },
  { google_search_retrieval: {} },
])("a search on the provider's side is left out, with which an answer may differ: %j", (search) => {
  for (const dialect of [...open, ...closed]) {
    const { offered, reported, changes } = offer(dialect, [search, tool({ description: "d" })]);
    expect(offered).toEqual([tool({ description: "d" })]);
    expect(reported).toEqual(["tools=without_web_search"]);
    expect(changes).toEqual(reported);
    expect(offer(dialect, [search]).offered).toBeUndefined();
  }
});

describe.each(described)("a tool without a description, for the %s family", (dialect) => {
  it("is described by its name, and this is reported", () => {
    const tools = [tool({ description: "d" }), tool({ name: "g" }), tool({ name: "h", description: "" })];
    expect(offer(dialect, tools)).toEqual({
      offered: [
        tool({ description: "d" }),
        tool({ name: "g", description: "g" }),
        tool({ name: "h", description: "h" }),
      ],
      reported: ["tools=described_by_name"],
      changes: [],
    });
  });

  it("is not there: nothing is reported", () => {
    expect(offer(dialect, [tool({ description: "d" })]).reported).toEqual([]);
  });
});

describe.each(closed)("tools for the %s family, which are closed", (dialect) => {
  const close = (...tools: object[]) => offer(dialect, tools);

  it("lose strict, which is reported where it asks for anything", () => {
    const parameters = { type: "object", properties: {} };
    const bare = tool({ name: "g", description: "d" });
    expect(
      close(tool({ strict: true, description: "d", parameters }), tool({ name: "g", description: "d", strict: false })),
    ).toEqual({
      offered: [tool({ description: "d", parameters }), bare],
      reported: ["tools=without_strict"],
      changes: [],
    });
    expect(close(tool({ strict: false, description: "d" })).reported).toEqual([]);
  });

  it("lose other keys of the function, which is reported", () => {
    expect(close(tool({ description: "d" }), tool({ name: "g", description: "d", mood: "x" }))).toEqual({
      offered: [tool({ description: "d" }), tool({ name: "g", description: "d" })],
      reported: ["tools=without_extras"],
      changes: [],
    });
  });

  it("may have keys that say nothing", () => {
    expect(close(tool({ description: "d", mood: null }, { cache_control: undefined })).reported).toEqual([]);
  });
});
