import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dialect } from "../catalog/model.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import { withPlainNames } from "./names-and-ids.js";

const families: readonly Dialect[] = ["openai", "together", "minimax", "gemini", "claude"];

function plain(dialect: Dialect, ...messages: object[]) {
  const draft = draftOf(dialect, messages);
  const given = structuredClone(messages);
  const written = withPlainNames(draft.messages, draft);
  expect(messages).toEqual(given);
  return { messages: written, reported: reportedIn(draft) };
}
/** A turn: calls with these ids, and their results. */
const turn = (...ids: string[]) => [
  {
    role: "assistant",
    content: "",
    tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })),
  },
  ...ids.map((id) => ({ role: "tool", tool_call_id: id, content: id })),
];
const idsOf = (messages: ReturnType<typeof plain>["messages"]) => ({
  calls: messages.flatMap(({ tool_calls: calls }) => (calls ?? []).map(({ id }) => id)),
  results: messages.flatMap(({ role, tool_call_id: id }) => (role === "tool" ? [id] : [])),
});

describe("ids", () => {
  test.each<[Dialect, string, string]>([
    ["claude", "call.1:a", "call_1_a"],
    ["claude", "a".repeat(70), "a".repeat(64)],
    ["claude", "ünï", "_n_"],
    ["openai", `${"a".repeat(40)}b`, `${"a".repeat(39)}b`],
  ])("for the %s family are plain, and this is reported: %s", (dialect, id, expected) => {
    const { messages, reported } = plain(dialect, ...turn(id));
    expect(idsOf(messages)).toEqual({ calls: [expected], results: [expected] });
    expect(reported).toEqual(["messages=plain_ids"]);
  });

  test.each(families)("that the %s family takes are kept", (dialect) => {
    const messages = [{ role: "user", content: "Hi" }, ...turn("call_1", "toolu-2"), ...turn("a".repeat(40))];
    const read = plain(dialect, ...messages);
    expect(read).toEqual({ messages, reported: [] });
    expect(read.messages[0]).toBe(messages[0]);
    if (dialect !== "claude") expect(plain(dialect, ...turn("call.1")).reported).toEqual([]);
  });

  test.each(families)("that come again are others for the %s family, and their results have the same", (dialect) => {
    const { messages, reported } = plain(dialect, ...turn("a"), ...turn("a", "a"), ...turn("a_2"));
    expect(idsOf(messages)).toEqual({
      calls: ["a", "a_2", "a_3", "a_2_2"],
      results: ["a", "a_2", "a_3", "a_2_2"],
    });
    expect(reported).toEqual(["messages=plain_ids"]);
  });

  test.each<[Dialect, RegExp]>([
    ["openai", /^.{1,40}$/s],
    ["claude", /^[\w-]{1,64}$/],
    ["gemini", /^.+$/s],
  ])("for the %s family are distinct, paired, as it takes them, and alike on the next turn", (dialect, shape) => {
    const id = fc.oneof(
      fc.constantFrom("a", "a.", "a:", "a_2"),
      fc.string({ minLength: 1, maxLength: 80 }),
      fc.constant("x".repeat(80)),
    );
    fc.assert(
      fc.property(fc.array(fc.array(id, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), (turns) => {
        const conversation = turns.flatMap((ids) => turn(...ids));
        const { messages } = plain(dialect, ...conversation);
        const { calls, results } = idsOf(messages);
        expect(results).toEqual(calls);
        expect(new Set(calls).size).toBe(calls.length);
        for (const one of calls) expect(one).toMatch(shape);
        const next = plain(dialect, ...conversation, { role: "user", content: "Hi" }, ...turn("a"));
        expect(idsOf(next.messages).calls.slice(0, -1)).toEqual(calls);
      }),
    );
  });
});

describe("a name", () => {
  test.each<[unknown, string | undefined, string[]]>([
    ["ann", "ann", []],
    [" Ann Lee ", "Ann_Lee", ["messages=plain_names"]],
    ["a<b|c\\d/e>f", "a_b_c_d_e_f", ["messages=plain_names"]],
    ["a".repeat(70), "a".repeat(64), ["messages=plain_names"]],
    ["Zoë", "Zoë", []],
    ["", undefined, []],
    ["  ", undefined, ["messages=without_names"]],
    [5, undefined, ["messages=without_names"]],
  ])("%j is %j", (name, expected, reported) => {
    const message = { role: "user", content: "Hi" };
    expect(plain("openai", { ...message, name })).toStrictEqual({
      messages: [expected === undefined ? message : { ...message, name: expected }],
      reported,
    });
  });

  test.each<[string, string]>([
    ["mcp.search", "mcp_search"],
    ["a".repeat(70), "a".repeat(64)],
  ])("of a tool that was called in another world is plain, and this is reported: %s", (name, expected) => {
    const [calling, ...results] = turn("a");
    const odd = { ...calling, tool_calls: [{ id: "a", type: "function", function: { name, arguments: "{}" } }] };
    const { messages, reported } = plain("openai", odd, ...results);
    expect(messages[0]?.tool_calls?.[0]?.function).toEqual({ name: expected, arguments: "{}" });
    expect(reported).toEqual(["messages=plain_names"]);
  });
});
