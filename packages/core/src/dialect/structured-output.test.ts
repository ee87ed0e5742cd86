import { describe, expect, it, test } from "vitest";
import type { ChatModel, Dialect } from "../catalog/model.js";
import { readThrough, type Said, wholeAnswer } from "../testing/cut-answer.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import { modelOf } from "../testing/requests.js";
import { treatFields } from "./treat-fields.js";

const families: readonly Dialect[] = ["claude", "gemini"];
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const named = (root: object, more: object = {}) => ({
  type: "json_schema",
  json_schema: { name: "place", schema: root, ...more },
});
const f = { type: "function", function: { name: "f", description: "d" } };
const g = { type: "function", function: { name: "g", description: "d" } };
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

interface Offered {
  readonly function: { readonly name: string; readonly description: string; readonly parameters: unknown };
}

function treat(dialect: Dialect, rest: Record<string, unknown>, known?: string) {
  const draft = draftOf(dialect, undefined, { rest, limits: { maxOutputTokens: 4_096 } });
  if (known !== undefined) Object.assign(draft, { known: modelOf(known) as ChatModel });
  treatFields(draft);
  const { tools = [], tool_choice: choice } = draft.fields as { tools?: Offered[]; tool_choice?: unknown };
  const ours = tools.find(({ function: { name } }) => name.startsWith("give_answer"));
  const answer = (said: Said) => readThrough(...draft.transforms).whole(wholeAnswer(said)).choices[0];
  return {
    draft,
    tools,
    names: tools.map(({ function: { name } }) => name),
    ours: ours?.function,
    choice,
    answer,
    reported: reportedIn(draft),
  };
}
const chosen = (name: string) => ({ type: "function", function: { name } });

describe.each(families)("an answer in a format, of the %s family", (dialect) => {
  it("is not ended by a stop that is looked for here: that ends what the model says", () => {
    const { answer, reported } = treat(dialect, {
      response_format: named(schema),
      stop: ["\n", " ", "\t", "END", "FIN", "Köln"],
    });
    expect(reported).toContain("stop=applied_here");
    const json = '{"city":\n"Köln"}';
    expect(answer({ calls: [["give_answer", json]] })).toMatchObject({ content: json, reason: "stop" });
    const refused = answer({ content: "No.\nKöln is none." });
    expect(refused).toMatchObject({ refusal: dialect === "claude" ? "No." : "No.\n" });
  });

  it("is the arguments of a tool of ours, which is demanded", () => {
    const { names, ours, choice, reported, draft, answer } = treat(dialect, {
      response_format: named(schema, { strict: true }),
    });
    expect([names, choice, reported]).toEqual([["give_answer"], chosen("give_answer"), ["response_format=tool"]]);
    expect(ours?.parameters).toEqual(schema);
    expect(draft.fields).not.toHaveProperty("response_format");
    expect(draft.adjustments.some(({ changesAnswer }) => changesAnswer)).toBe(false);
    expect(answer({ calls: [["give_answer", '{"city":"Köln"}']] })).toMatchObject({
      content: '{"city":"Köln"}',
      reason: "stop",
    });
  });

  it("that is any object has a schema of one, and a description of the caller's is kept", () => {
    expect(treat(dialect, { response_format: { type: "json_object" } }).ours?.parameters).toMatchObject({
      type: "object",
    });
    const { ours } = treat(dialect, { response_format: named(schema, { description: "A city." }) });
    expect(ours?.description).toMatch(/^A city\. /);
  });

  test.each([
    { type: "array", items: { $ref: "#/$defs/city" }, $defs: { city: schema } },
    { type: ["object", "null"] },
    { anyOf: [schema, { type: "null" }] },
    { $ref: "#/$defs/place", $defs: { place: schema } },
    { ...schema, not: { required: ["b"] } },
    { oneOf: [schema] },
    { type: "object", allOf: [schema] },
    { enum: ["a", "b"] },
    { const: 1 },
  ])("is taken out of a wrapper where its schema is no plain object's: %j", (root) => {
    const { ours, answer } = treat(dialect, { response_format: named(root) });
    const { $defs, ...inner } = root as { $defs?: unknown };
    expect(ours?.parameters).toEqual({
      type: "object",
      properties: { answer: inner },
      required: ["answer"],
      ...($defs === undefined ? {} : { $defs }),
    });
    expect(answer({ calls: [["give_answer", '{"answer":[1]}']] })).toMatchObject({ content: "[1]" });
  });

  test.each([undefined, "auto", "required"])(
    "beside other tools, of which %j is demanded, demands any call",
    (demanded) => {
      const { names, choice, answer } = treat(dialect, {
        response_format: named(schema),
        tools: [f, g],
        ...(demanded === undefined ? {} : { tool_choice: demanded }),
      });
      expect([names, choice]).toEqual([["f", "g", "give_answer"], "required"]);
      expect(
        answer({
          calls: [
            ["f", "{}"],
            ["give_answer", "{}"],
          ],
        }),
      ).toMatchObject({ calls: [{ name: "f" }], reason: "tool_calls" });
    },
  );

  it("where no tool may be called is the one tool there is", () => {
    const { names, choice } = treat(dialect, { response_format: named(schema), tools: [f], tool_choice: "none" });
    expect([names, choice]).toEqual([["give_answer"], chosen("give_answer")]);
  });

  it("gives way to a tool that is chosen by name, and this is reported", () => {
    const { names, choice, draft, answer } = treat(dialect, {
      response_format: named(schema),
      tools: [f],
      tool_choice: chosen("f"),
    });
    expect([names, choice]).toEqual([["f"], chosen("f")]);
    expect(draft.adjustments).toMatchObject([{ to: "response_format=removed", changesAnswer: true }]);
    expect(answer({ content: "a", calls: [["f", "{}"]] })).toMatchObject({ content: "a", calls: [{ name: "f" }] });
  });

  it("has a name that neither the tools nor the conversation have", () => {
    const calling = { role: "assistant", content: "", tool_calls: [{ id: "1", ...chosen("give_answer_2") }] };
    const draft = draftOf(dialect, [calling], {
      rest: { response_format: named(schema), tools: [{ ...f, function: { ...f.function, name: "give_answer" } }] },
    });
    treatFields(draft);
    expect((draft.fields.tools as Offered[]).map(({ function: { name } }) => name)).toEqual([
      "give_answer",
      "give_answer_3",
    ]);
  });

  test.each<[unknown, string]>([
    ["json", "response_format"],
    [{}, "response_format"],
    [{ type: "grammar" }, "response_format"],
    [{ type: "json_schema" }, "response_format"],
    [{ type: "json_schema", json_schema: { schema: {} } }, "response_format"],
    [named("object" as never), "response_format.json_schema.schema"],
  ])("is not asked for by %j", (format, param) => {
    expect(() => treat(dialect, { response_format: format })).toThrow(refusal(param));
  });
});

test("Claude that thinks is not made to call: it may answer in words", () => {
  const { choice, answer, draft } = treat("claude", {
    response_format: named(schema),
    thinking: { type: "enabled", budget_tokens: 2_000 },
  });
  expect(draft.fields.thinking).toBeDefined();
  expect(choice).toBe("auto");
  expect(answer({ content: '{"city":"Bonn"}' })).toMatchObject({ content: '{"city":"Bonn"}', refusal: "" });
});

describe("a model without tools", () => {
  const without = { claude: "claude-3-7-sonnet-latest", gemini: "gemini-2.0-flash" };

  test.each(Object.entries(without))(
    "of the %s family is asked in words, and an answer that is not valid JSON is reported",
    (dialect, model) => {
      const format = named(schema, { description: "A city." });
      const { names, draft, answer, reported } = treat(dialect as Dialect, { response_format: format }, model);
      expect(names).toEqual([]);
      const [instruction, ...others] = draft.messages;
      expect(instruction).toMatchObject({ role: "system" });
      expect(instruction?.content).toContain(JSON.stringify(schema));
      expect(instruction?.content).toContain("A city.");
      expect([others, draft.places]).toEqual([[{ role: "user", content: "Hello" }], [0, 0]]);
      expect(reported).toEqual(["response_format=in_words"]);
      expect(draft.adjustments[0]?.changesAnswer).toBe(true);
      expect(answer({ content: "```json\n{}\n```" })).toMatchObject({ content: "{}" });
    },
  );
});

describe("a family with formats of its own", () => {
  test.each<Dialect>(["openai", "together", "minimax"])("%s gets what it takes of one", (dialect) => {
    const format = (response_format: unknown) => treat(dialect, { response_format });
    expect(format({ type: "json_object", schema: {} }).draft.fields.response_format).toEqual({ type: "json_object" });
    const full = named(schema, { description: "A city.", strict: true });
    expect(format(full).draft.fields.response_format).toEqual(full);
    const odd = format({ ...named(schema, { mood: "x", strict: null }), other: 1 });
    expect(odd.draft.fields.response_format).toEqual(named(schema));
    expect(odd.draft.transforms).toEqual([]);
    const spaced = format({ type: "json_schema", json_schema: { name: "My Place!", schema } });
    expect(spaced.draft.fields.response_format).toMatchObject({ json_schema: { name: "My_Place_" } });
    expect(spaced.reported).toEqual(["response_format=plain_name"]);
  });
});
