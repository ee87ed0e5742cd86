import { describe, expect, it, test } from "vitest";
import type { ChatCompletionChunk, ChatDelta, JsonObject } from "../../request/wire-types.js";
import type { ClientEvent } from "../protocol.js";
import { createResponseEvents } from "./response-events.js";
import { createResponse } from "./response-object.js";
import { readTools } from "./tool-table.js";

const TOOLS = [
  { type: "custom", name: "apply_patch" },
  { type: "namespace", name: "agents", tools: [{ type: "function", name: "wait" }] },
];
const USAGE = {
  prompt_tokens: 5,
  completion_tokens: 7,
  total_tokens: 12,
  prompt_tokens_details: { cached_tokens: 2 },
  completion_tokens_details: { reasoning_tokens: 3 },
  api_tokens: 20,
};

interface Event extends JsonObject {
  readonly type: string;
  readonly sequence_number: number;
}

function chunkOf(delta: ChatDelta, finish: string | null = null): ChatCompletionChunk {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return { id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-x-2026", choices };
}

function call(index: number, id: string | undefined, name: string | undefined, text: string): ChatDelta {
  const called = { ...(name === undefined ? {} : { name }), arguments: text };
  return { tool_calls: [{ index, ...(id === undefined ? {} : { id, type: "function" }), function: called }] };
}

function open(asked: JsonObject = { model: "gpt-x", tools: TOOLS }) {
  const kept: JsonObject[] = [];
  const write = createResponse(asked, "resp_1", 1_000);
  const table = readTools([[asked.tools ?? [], "tools"]], []);
  const events = createResponseEvents({ write, table, model: asked.model, onOutput: (items) => kept.push(...items) });
  return { events, kept };
}

function parsed(events: readonly ClientEvent[]): Event[] {
  return events.map((event) => {
    if (typeof event === "string") throw new Error("an event without a name");
    const data = JSON.parse(event.data) as Event;
    expect(event.name).toBe(data.type);
    return data;
  });
}

/** The events of a whole stream. What must hold of every one is looked at here. */
function stream(...chunks: ChatCompletionChunk[]) {
  const { events, kept } = open();
  const written = parsed([...events.begin(), ...chunks.flatMap((chunk) => events.read(chunk)), ...events.end()]);
  expectWellFormed(written);
  const last = written.at(-1)?.response as JsonObject & { output: JsonObject[] };
  expect(kept).toEqual(last.output);
  return { written, last, types: written.map(({ type }) => type.replace("response.", "")) };
}

/** Numbered without gaps, items opened before their pieces and closed after them, and the same items at the end. */
function expectWellFormed(written: readonly Event[]): void {
  expect(written.map(({ sequence_number: number }) => number)).toEqual(written.map((_, index) => index));
  expect(written.slice(0, 2).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"]);
  expect(written.filter(({ type }) => /^response\.(completed|incomplete|failed)$/.test(type))).toEqual([
    written.at(-1),
  ]);
  const open = new Map<unknown, string>();
  const done = new Map<unknown, unknown>();
  for (const event of written) {
    const item = event.item as { id: string } | undefined;
    if (event.type === "response.output_item.added") {
      expect(event.output_index).toBe(open.size + done.size);
      open.set(event.output_index, item?.id ?? "");
    } else if (event.type === "response.output_item.done") {
      expect(open.get(event.output_index)).toBe(item?.id);
      open.delete(event.output_index);
      done.set(event.output_index, item);
    } else if ("output_index" in event) expect(open.get(event.output_index)).toBe(event.item_id);
  }
  expect(open.size).toBe(0);
  const { output = [] } = (written.at(-1)?.response ?? {}) as { output?: unknown[] };
  expect(output).toEqual(output.map((_, index) => done.get(index)));
}

describe("the stream of a response", () => {
  it("opens an item, says it piece by piece, closes it whole, and completes", () => {
    const { written, last, types } = stream(
      chunkOf({ role: "assistant", content: "" }),
      chunkOf({ content: "Hello" }),
      chunkOf({ content: " there" }),
      chunkOf({}, "stop"),
      { ...chunkOf({}), choices: [], usage: USAGE },
    );
    expect(types).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    expect(written[2]?.item).toMatchObject({ type: "message", role: "assistant", status: "in_progress", content: [] });
    expect(written[6]).toMatchObject({ text: "Hello there", content_index: 0, output_index: 0 });
    expect(written[8]?.item).toEqual({
      id: expect.stringMatching(/^msg_[\da-f]{32}$/),
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: "Hello there", annotations: [], logprobs: [] }],
    });
    expect(last).toMatchObject({ id: "resp_1", status: "completed", model: "gpt-x-2026", incomplete_details: null });
    expect(written[0]?.response).toMatchObject({ id: "resp_1", status: "in_progress", model: "gpt-x", output: [] });
  });

  it("has all numbers of the usage, also where the answer has few", () => {
    const { last } = stream(chunkOf({ content: "x" }, "stop"), { ...chunkOf({}), choices: [], usage: USAGE });
    expect(last.usage).toEqual({
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 12,
      api_tokens: 20,
    });
    const few = stream(chunkOf({ content: "x" }, "stop"), {
      ...chunkOf({}),
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 7 },
    });
    expect(few.last.usage).toEqual({
      input_tokens: 5,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 12,
    });
  });

  it("has no words where a call has none, and closes words before a call opens", () => {
    const alone = stream(
      chunkOf(call(0, "call_a", "read", '{"x":')),
      chunkOf(call(0, undefined, undefined, "1}"), "tool_calls"),
    );
    expect(alone.types.slice(2)).toEqual([
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.delta",
      "function_call_arguments.done",
      "output_item.done",
      "completed",
    ]);
    expect(alone.last.output).toEqual([
      {
        id: expect.stringMatching(/^fc_[\da-f]{32}$/),
        type: "function_call",
        status: "completed",
        call_id: "call_a",
        name: "read",
        arguments: '{"x":1}',
      },
    ]);
    const after = stream(chunkOf({ content: "I look." }), chunkOf(call(0, "call_a", "read", "{}"), "tool_calls"));
    const closed = after.written.findIndex(({ type }) => type === "response.output_item.done");
    const opened = after.written.findLastIndex(({ type }) => type === "response.output_item.added");
    expect(closed).toBeLessThan(opened);
    expect(after.last.output.map(({ type }) => type)).toEqual(["message", "function_call"]);
  });

  it("keeps calls apart whose pieces come in turns", () => {
    const { last } = stream(
      chunkOf({
        tool_calls: [...(call(0, "a", "one", "").tool_calls ?? []), ...(call(1, "b", "two", "").tool_calls ?? [])],
      }),
      chunkOf(call(1, undefined, undefined, '{"b":')),
      chunkOf(call(0, undefined, undefined, '{"a":')),
      chunkOf(call(1, undefined, undefined, "2}")),
      chunkOf(call(0, undefined, undefined, "1}"), "tool_calls"),
    );
    expect(last.output).toMatchObject([
      { call_id: "a", name: "one", arguments: '{"a":1}' },
      { call_id: "b", name: "two", arguments: '{"b":2}' },
    ]);
  });

  it("names a tool of a namespace in two words", () => {
    const { written, last } = stream(chunkOf(call(0, "a", "agents__wait", "{}"), "tool_calls"));
    expect(last.output).toMatchObject([{ name: "wait", namespace: "agents" }]);
    expect(written[2]?.item).toMatchObject({ name: "wait", namespace: "agents", arguments: "" });
  });

  it("gives a custom tool its text, and no JSON", () => {
    const { types, written, last } = stream(
      chunkOf(call(0, "a", "apply_patch", '{"input":"*** Be')),
      chunkOf(call(0, undefined, undefined, 'gin\\n"}'), "tool_calls"),
    );
    expect(types.slice(2, -1)).toEqual([
      "output_item.added",
      "custom_tool_call_input.delta",
      "custom_tool_call_input.done",
      "output_item.done",
    ]);
    expect(written[3]?.delta).toBe("*** Begin\n");
    expect(written[4]?.input).toBe("*** Begin\n");
    expect(last.output).toMatchObject([
      {
        type: "custom_tool_call",
        id: expect.stringMatching(/^ctc_/),
        call_id: "a",
        name: "apply_patch",
        input: "*** Begin\n",
      },
    ]);
  });

  it("says {} for a call without arguments, in its pieces too", () => {
    const { written, last } = stream(chunkOf(call(0, "a", "read", ""), "tool_calls"));
    expect(last.output).toMatchObject([{ arguments: "{}", status: "completed" }]);
    const deltas = written.filter(({ type }) => type === "response.function_call_arguments.delta");
    expect(deltas.map(({ delta }) => delta)).toEqual(["{}"]);
  });

  it("waits for the name of a call, and gives an id to one without", () => {
    const { last } = stream(
      chunkOf(call(0, undefined, undefined, '{"x"')),
      chunkOf(call(0, undefined, "read", ":1}"), "tool_calls"),
    );
    expect(last.output).toMatchObject([
      { name: "read", arguments: '{"x":1}', call_id: expect.stringMatching(/^call_/) },
    ]);
  });

  it("has thoughts as the summary of an item of their own", () => {
    const { types, last } = stream(
      chunkOf({ reasoning_content: "Hm" }),
      chunkOf({ reasoning_content: "m." }),
      chunkOf({ content: "Yes." }, "stop"),
    );
    expect(types.slice(2, 9)).toEqual([
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
    ]);
    expect(last.output).toMatchObject([
      { type: "reasoning", id: expect.stringMatching(/^rs_/), summary: [{ type: "summary_text", text: "Hmm." }] },
      { type: "message", content: [{ text: "Yes." }] },
    ]);
  });

  it("has a refusal as a part of the message", () => {
    const { types, last } = stream(chunkOf({ content: "Well. " }), chunkOf({ refusal: "No." }, "stop"));
    expect(types).toContain("refusal.delta");
    expect(types).toContain("refusal.done");
    expect(last.output).toMatchObject([
      {
        content: [
          { type: "output_text", text: "Well. " },
          { type: "refusal", refusal: "No." },
        ],
      },
    ]);
  });

  it("has an empty message where nothing was said: agents ask again where there is none", () => {
    const { last } = stream(chunkOf({}, "stop"));
    expect(last.output).toMatchObject([{ type: "message", status: "completed", content: [{ text: "" }] }]);
  });

  test.each([
    ["length", "max_output_tokens"],
    ["content_filter", "content_filter"],
  ])("is incomplete after %s", (finish, reason) => {
    const { types, last } = stream(chunkOf({ content: "Once upon" }, finish));
    expect(types.at(-1)).toBe("incomplete");
    expect(last).toMatchObject({ status: "incomplete", incomplete_details: { reason }, error: null });
    expect(last.output).toMatchObject([{ status: "incomplete" }]);
  });

  it("leaves a cut call as it is, and closes none by guessing", () => {
    const { last } = stream(
      chunkOf(call(0, "a", "read", '{"x":1}')),
      chunkOf(call(1, "b", "read", '{"x":')),
      chunkOf(call(2, "c", "read", ""), "length"),
    );
    expect(last.output).toMatchObject([
      { arguments: '{"x":1}', status: "completed" },
      { arguments: '{"x":', status: "incomplete" },
      { arguments: "", status: "incomplete" },
    ]);
  });

  it("says where it broke, with the next number, and what was closed", () => {
    const { events, kept } = open();
    const written = parsed([...events.begin(), ...events.read(chunkOf({ content: "Hel" }))]);
    const [failed] = parsed([events.fail({ code: "server_error", message: "Gone." })]);
    expect(failed).toMatchObject({
      type: "response.failed",
      sequence_number: written.length,
      response: { id: "resp_1", status: "failed", error: { code: "server_error", message: "Gone." }, output: [] },
    });
    expect(kept).toEqual([]);
  });

  it("repeats what was asked", () => {
    const asked = {
      model: "gpt-x",
      tools: TOOLS,
      tool_choice: "required",
      instructions: "Be short.",
      max_output_tokens: 50,
      metadata: { a: "b" },
      parallel_tool_calls: false,
      reasoning: { effort: "low" },
      store: false,
      temperature: 0,
      text: { verbosity: "low" },
      top_p: 0.5,
      user: "u",
    };
    const [created] = parsed(open(asked).events.begin());
    const { model: _, ...repeated } = asked;
    expect(created?.response).toMatchObject({
      ...repeated,
      reasoning: { effort: "low", summary: null },
      text: { verbosity: "low", format: { type: "text" } },
    });
  });
});
