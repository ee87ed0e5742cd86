import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isLaplasError } from "../errors/laplas-error.js";
import type { ChatCompletion, ChatMessage, JsonObject } from "../request/wire-types.js";
import { nearly } from "../testing/nearly.js";
import { oddResponsesBody } from "../testing/odd-responses.js";
import { openaiResponses } from "./openai-responses.js";
import type { Caller, ClientCall } from "./protocol.js";
import { createItemMemory } from "./responses/item-memory.js";

const REPORT = {} as Parameters<ClientCall["whole"]>[1];

function callerOf(authorization = "Bearer a"): Caller {
  return { headers: new Headers({ authorization }), items: createItemMemory(() => 0), now: () => 1_000 };
}

function answerOf(message: ChatCompletion["choices"][0]["message"], finish = "stop"): ChatCompletion {
  const choices = [{ index: 0, message, finish_reason: finish }];
  return { id: "c", object: "chat.completion", created: 1, model: "m", choices };
}

type Output = { readonly id: string; readonly output: readonly JsonObject[]; readonly status: string };

function answer(call: ClientCall, message: JsonObject, finish?: string): Output {
  const whole = { role: "assistant", content: null, ...message } as ChatCompletion["choices"][0]["message"];
  return call.whole(answerOf(whole, finish), REPORT) as Output;
}

/** A conversation in the words of Responses: an assistant's messages by the items that it answered with. */
function toInput(messages: readonly ChatMessage[], tools: readonly JsonObject[]): readonly JsonObject[] {
  return messages.flatMap((message): readonly JsonObject[] => {
    const { role, content, tool_calls: calls, tool_call_id: id } = message;
    if (role === "tool") return [{ type: "function_call_output", call_id: id, output: content }];
    if (role !== "assistant") return [{ role, content }];
    const call = openaiResponses.read({ model: "m", input: "x", tools }, callerOf());
    const finish = calls === undefined ? "stop" : "tool_calls";
    return answer(call, { content, ...(calls === undefined ? {} : { tool_calls: calls }) }, finish).output;
  });
}

const text = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme" });
const name = fc.stringMatching(/^[a-z]\w{0,8}$/);

/** Turns of a chat: what the user said, what the assistant said or called, and the results. */
const turns = fc
  .array(
    fc.record({
      asked: text,
      said: fc.option(text),
      calls: fc.array(fc.record({ name, city: text, result: text }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((given) => {
    let number = 0;
    return given.flatMap(({ asked, said, calls }): ChatMessage[] => {
      const user: ChatMessage = { role: "user", content: asked };
      if (calls.length === 0) return [user, { role: "assistant", content: said ?? "Yes." }];
      const numbered = calls.map((call) => {
        number += 1;
        return { ...call, id: `call_${number}` };
      });
      const tool_calls = numbered.map(({ id, name: called, city }) => ({
        id,
        type: "function" as const,
        function: { name: called, arguments: JSON.stringify({ city }) },
      }));
      const results = numbered.map(
        ({ id, result }): ChatMessage => ({ role: "tool", tool_call_id: id, content: result }),
      );
      return [user, { role: "assistant", content: said, tool_calls }, ...results];
    });
  });

describe("a conversation over Responses", () => {
  it("comes back as the chat that it was: texts, calls, results and their order", () => {
    fc.assert(
      fc.property(turns, fc.option(text), (messages, system) => {
        const instructions = system === null ? {} : { instructions: system };
        const { bodies } = openaiResponses.read(
          { model: "m", input: toInput(messages, []), ...instructions },
          callerOf(),
        );
        const first = system === null ? [] : [{ role: "system", content: system }];
        expect((bodies[0] as JsonObject).messages).toEqual([...first, ...messages]);
      }),
      { numRuns: 300 },
    );
  });

  it("is the same where its items are named by references", () => {
    fc.assert(
      fc.property(turns, (messages) => {
        const caller = callerOf();
        const input = messages.flatMap((message): readonly JsonObject[] => {
          if (message.role !== "assistant") return toInput([message], []);
          const { content, tool_calls: calls } = message;
          const call = openaiResponses.read({ model: "m", input: "x" }, caller);
          const { output } = answer(call, { content, ...(calls === undefined ? {} : { tool_calls: calls }) });
          return output.map(({ id }) => ({ type: "item_reference", id }));
        });
        const { bodies } = openaiResponses.read({ model: "m", input }, caller);
        expect((bodies[0] as JsonObject).messages).toEqual(messages);
      }),
      { numRuns: 100 },
    );
  });

  it("finds items of one client for no other, and of none that did not want them kept", () => {
    const caller = callerOf("Bearer a");
    const read = (fields: JsonObject, authorization: string) =>
      openaiResponses.read(
        { model: "m", input: "x", ...fields },
        { ...caller, headers: new Headers({ authorization }) },
      );
    const kept = answer(read({}, "Bearer a"), { content: "Hi." }).output[0]?.id;
    const notKept = answer(read({ store: false }, "Bearer a"), { content: "Hi." }).output[0]?.id;
    const refer = (id: unknown) => ({ input: [{ type: "item_reference", id }] });
    expect(read(refer(kept), "Bearer a").bodies[0]).toMatchObject({
      messages: [{ role: "assistant", content: "Hi." }],
    });
    expect(() => read(refer(kept), "Bearer b")).toThrow(/not kept/);
    expect(() => read(refer(notKept), "Bearer a")).toThrow(/not kept/);
  });
});

describe("a whole answer", () => {
  const call = openaiResponses.read(
    {
      model: "m",
      input: "x",
      tools: [
        { type: "custom", name: "patch" },
        { type: "namespace", name: "n", tools: [{ type: "function", name: "f" }] },
      ],
    },
    callerOf(),
  );
  const called = (id: string, name: string, text: string) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  });

  it("has thoughts, words and calls as items, each with an id of its own", () => {
    const message = {
      content: "I look.",
      reasoning_content: "Hm.",
      refusal: "Not all of it.",
      tool_calls: [called("a", "patch", '{"input":"x"}'), called("b", "n__f", ""), called("", "g", "{}")],
    };
    const { output, status } = answer(call, message, "tool_calls");
    expect(status).toBe("completed");
    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }] },
      {
        type: "message",
        content: [
          { type: "output_text", text: "I look." },
          { type: "refusal", refusal: "Not all of it." },
        ],
      },
      { type: "custom_tool_call", call_id: "a", name: "patch", input: "x" },
      { type: "function_call", call_id: "b", name: "f", namespace: "n", arguments: "{}" },
      { type: "function_call", call_id: expect.stringMatching(/^call_/), name: "g", arguments: "{}" },
    ]);
    expect(new Set(output.map(({ id }) => id)).size).toBe(5);
  });

  it("that was cut is incomplete, and so is its last item", () => {
    expect(answer(call, { content: "Once" }, "length")).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ status: "incomplete" }],
    });
    const calls = [called("a", "f", "{}"), called("b", "f", '{"x')];
    expect(answer(call, { content: "I look.", tool_calls: calls }, "length").output).toMatchObject([
      { type: "message", status: "completed" },
      { arguments: "{}", status: "completed" },
      { arguments: '{"x', status: "incomplete" },
    ]);
  });

  it("that says nothing has an empty message", () => {
    expect(answer(call, { content: "" }).output).toMatchObject([{ type: "message", content: [{ text: "" }] }]);
  });
});

it("reads or refuses whatever comes, and never fails in another way", () => {
  const caller = callerOf();
  let wasRead = 0;
  let wasRefused = 0;
  fc.assert(
    fc.property(oddResponsesBody(nearly(30)), (given) => {
      try {
        const call = openaiResponses.read(given, caller);
        for (const { to } of call.adjusted) expect(to).toMatch(/^[\x20-\x7e]+$/);
        JSON.stringify(answer(call, { content: "Hi." }));
        wasRead += 1;
      } catch (error) {
        if (!isLaplasError(error)) throw error;
        expect(error).toMatchObject({ code: "invalid_request", param: expect.stringMatching(/./) });
        wasRefused += 1;
      }
    }),
    { numRuns: 10_000 },
  );
  expect(Math.min(wasRead, wasRefused)).toBeGreaterThan(500);
});
