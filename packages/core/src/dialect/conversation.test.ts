import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { isLaplasError } from "../errors/laplas-error.js";
import type { ChatMessage } from "../request/wire-types.js";
import { draftOf, reportedIn } from "../testing/draft.js";
import { mendConversation } from "./conversation.js";

const user = (content = "Hi") => ({ role: "user", content });
const called = (id: unknown, more: object = {}) => ({
  id,
  type: "function",
  function: { name: "f", arguments: "{}", ...more },
});
const calling = (...ids: unknown[]) => ({ role: "assistant", content: "", tool_calls: ids.map((id) => called(id)) });
const result = (id: unknown, content: unknown = `result of ${id}`) => ({ role: "tool", tool_call_id: id, content });
const refusal = (param: string) => expect.objectContaining({ code: "invalid_request", param });

function mend(...messages: object[]) {
  const draft = draftOf("openai", messages);
  const given = structuredClone(messages);
  mendConversation(draft);
  expect(messages).toEqual(given);
  return { messages: draft.messages, places: draft.places, reported: reportedIn(draft) };
}
const interrupted = (id: string) => result(id, "(interrupted: this call has no result)");

describe("a conversation", () => {
  test.each<[string, object[]]>([
    ["without calls", [user(), { role: "assistant", content: "Hello" }, user()]],
    ["with calls and their results", [user(), calling("a", "b"), result("a"), result("b"), user()]],
    ["that repeats ids on each turn", [calling("a"), result("a", 1), calling("a"), result("a", 2)]],
  ])("%s stays as it is", (_, messages) => {
    expect(mend(...messages)).toEqual({ messages, places: messages.map((_, place) => place), reported: [] });
  });

  test.each<[string, object[], object[], number[], string[]]>([
    [
      "without a result gets one that says so, also at the end",
      [calling("a", "b"), result("b"), user(), calling("c")],
      [calling("a", "b"), interrupted("a"), result("b"), user(), calling("c"), interrupted("c")],
      [0, 0, 1, 2, 3, 3],
      ["messages=interrupted_calls"],
    ],
    [
      "with its result before it gets it behind it",
      [user(), result("a"), calling("a")],
      [user(), calling("a"), result("a")],
      [0, 2, 1],
      ["messages=results_after_calls"],
    ],
    [
      "with words between gets its result at once",
      [calling("a"), user("wait"), result("a")],
      [calling("a"), result("a"), user("wait")],
      [0, 2, 1],
      ["messages=results_after_calls"],
    ],
    [
      "with results in another order gets them in its own",
      [calling("a", "b"), result("b"), result("a")],
      [calling("a", "b"), result("a"), result("b")],
      [0, 2, 1],
      ["messages=results_after_calls"],
    ],
    [
      "with two results gets one of both texts",
      [calling("a"), result("a", "1"), result("a", [{ type: "text", text: "2" }]), user()],
      [
        calling("a"),
        result("a", [
          { type: "text", text: "1" },
          { type: "text", text: "2" },
        ]),
        user(),
      ],
      [0, 1, 3],
      ["messages=results_joined"],
    ],
    [
      "with three results of text gets one text",
      [calling("a"), result("a", "1"), user(), result("a", "2"), result("a", null)],
      [calling("a"), result("a", "1\n\n2\n\n"), user()],
      [0, 1, 2],
      ["messages=results_joined"],
    ],
  ])("a call %s, which is reported", (_, given, messages, places, reported) => {
    expect(mend(...given)).toEqual({ messages, places, reported });
  });

  it("with two calls of one id gives each a result, as long as there are enough", () => {
    expect(mend(calling("a", "a"), result("a", "1"), result("a", "2"))).toMatchObject({
      messages: [{}, result("a", "1"), result("a", "2")],
      reported: [],
    });
    expect(mend(calling("a", "a"), result("a", "1")).messages).toMatchObject([{}, result("a", "1"), interrupted("a")]);
  });

  it("has calls of functions and their results", () => {
    const older = { role: "assistant", content: null, function_call: { name: "f", arguments: "" } };
    const { messages, reported } = mend(older, user(), { role: "function", name: "f", content: "4" });
    expect(messages).toEqual([
      { role: "assistant", content: null, tool_calls: [called("call_function_1")] },
      result("call_function_1", "4"),
      user(),
    ]);
    expect(reported).toEqual(["messages=functions_as_tools", "messages=whole_calls", "messages=results_after_calls"]);
  });

  it("names places as the caller knows them", () => {
    const messages = [user(), result("x")];
    expect(() => mendConversation({ ...draftOf("openai", messages), places: [3, 9] })).toThrow(refusal("messages[9]"));
  });
});

describe("a call", () => {
  const whole = (call: object) => {
    const { messages, reported } = mend({ role: "assistant", content: "", tool_calls: [call] });
    return { call: messages[0]?.tool_calls?.[0], reported: reported.filter((to) => !to.includes("interrupted")) };
  };

  test.each<[string, object, object]>([
    ["without an id gets one", called(undefined), called("call_0_0")],
    ["with an empty id gets one", called(""), called("call_0_0")],
    ["without arguments gets an empty object", called("a", { arguments: undefined }), called("a")],
    ["with blank arguments gets an empty object", called("a", { arguments: " \n" }), called("a")],
    [
      "with an object for arguments gets its text",
      called("a", { arguments: { b: 1 } }),
      called("a", { arguments: '{"b":1}' }),
    ],
  ])("%s, which is reported", (_, call, expected) => {
    expect(whole(call)).toEqual({ call: expected, reported: ["messages=whole_calls"] });
  });

  it("gets its type without a word", () => {
    expect(whole({ ...called("a", { arguments: '{"b":1}' }), type: undefined })).toEqual({
      call: called("a", { arguments: '{"b":1}' }),
      reported: [],
    });
  });

  it("has arguments that were cut quoted: no server takes half of them", () => {
    expect(whole(called("a", { arguments: '{"b' }))).toEqual({
      call: called("a", { arguments: JSON.stringify({ cut_arguments: '{"b' }) }),
      reported: ["messages=whole_calls"],
    });
  });

  test.each<[string, object, string]>([
    ["that are no list", { role: "assistant", tool_calls: {} }, "messages[1].tool_calls"],
    ["that are a text", { role: "assistant", tool_calls: "f" }, "messages[1].tool_calls"],
    ["of a user", { role: "user", content: "a", tool_calls: [called("a")] }, "messages[1].tool_calls"],
    ["that are null", { role: "assistant", tool_calls: [called("a"), null] }, "messages[1].tool_calls[1]"],
    [
      "without a function",
      { role: "assistant", tool_calls: [{ id: "a", type: "custom" }] },
      "messages[1].tool_calls[0]",
    ],
    [
      "without a name",
      { role: "assistant", tool_calls: [called("a", { name: "" })] },
      "messages[1].tool_calls[0].function.name",
    ],
    ["of another conversation, by their result", result("x"), "messages[1]"],
    ["without ids, by their result", { role: "tool", content: "4" }, "messages[1]"],
  ])("calls %s are refused with the place", (_, message, param) => {
    expect(() => mend(user(), message)).toThrow(refusal(param));
  });

  it("is not there: an empty list is taken off, and null is none", () => {
    expect(mend({ role: "assistant", content: "a", tool_calls: [] }).messages).toEqual([
      { role: "assistant", content: "a" },
    ]);
    expect(mend({ role: "assistant", content: "a", tool_calls: null }).reported).toEqual([]);
  });
});

test("any shuffle is refused with a place, or each call has its one result at once, and nothing said is lost", () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const text = fc.uuid();
  const message = fc.oneof(
    fc.record({ role: fc.constant("user"), content: text }),
    fc
      .tuple(fc.array(fc.oneof({ weight: 9, arbitrary: id }, fc.constant(undefined)), { maxLength: 3 }), text)
      .map(([ids, content]) => ({
        ...calling(...ids),
        content,
      })),
    fc
      .tuple(fc.oneof({ weight: 20, arbitrary: id }, fc.constantFrom("unknown", undefined)), text)
      .map(([of, content]) => result(of, content)),
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const draft = draftOf("openai", messages);
      try {
        mendConversation(draft);
      } catch (error) {
        if (!isLaplasError(error) || !/^messages\[\d+\]/.test(error.param ?? "")) throw error;
        const made = new Set(
          messages.flatMap((one) => ("tool_calls" in one ? one.tool_calls.map((call) => call.id) : [])),
        );
        expect(
          messages.some(
            (one) => "tool_call_id" in one && (one.tool_call_id === undefined || !made.has(one.tool_call_id)),
          ),
        ).toBe(true);
        return;
      }
      accepted += 1;
      expectPaired(draft.messages);
      expect(draft.places).toHaveLength(draft.messages.length);
      const said = JSON.stringify(draft.messages);
      for (const { content } of messages) expect(said).toContain(content);
    }),
    { numRuns: 500 },
  );
  // Else the property would say little.
  expect(accepted).toBeGreaterThan(100);
});

function expectPaired(messages: readonly ChatMessage[]): void {
  const due: string[] = [];
  for (const { role, tool_calls: calls, tool_call_id: id } of messages) {
    if (role === "tool") expect(id).toBe(due.shift());
    else expect(due).toEqual([]);
    due.push(...(calls ?? []).map((call) => call.id));
  }
  expect(due).toEqual([]);
}

it("arguments that nest too deep to be written are the caller's mistake, with their place", () => {
  let deep: unknown = [];
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  const messages = [{ role: "assistant", tool_calls: [called("1", { arguments: deep })] }] as unknown as ChatMessage[];
  expect(() => mendConversation(draftOf("openai", messages))).toThrow(
    expect.objectContaining({ code: "invalid_request", param: "messages[0].tool_calls[0].function.arguments" }),
  );
});
