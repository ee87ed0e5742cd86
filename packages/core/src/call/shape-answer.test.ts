import { describe, expect, it, test } from "vitest";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import type { ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { createTestContext, plan } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { chunk } from "../testing/server.js";
import type { CallContext } from "./call-context.js";
import { createEventChannel } from "./event-channel.js";
import { createJob } from "./job.js";
import { observeCall } from "./observe-call.js";
import type { PreparedCall } from "./prepared-call.js";
import { shapeStream, shapeWhole } from "./shape-answer.js";

const form = (item: ChatCompletionChunk, raw: string | undefined) => ({ item, raw });
const single = { model: "BAAI/bge-base-en-v1.5", input: ["a", "b", "c"] };
const vector = (value: number): JsonObject => ({
  object: "list",
  data: [{ index: 0, embedding: [value] }],
  model: "m",
});
const image = { model: "flux/schnell", prompt: "A boat" };
const picture = (name: string): JsonObject => ({ images: [{ url: `http://a.example/${name}.png` }] });

function setup(body: object) {
  const { context, events } = createTestContext();
  return { context, events, call: plan(context, body, { requestId: "mine" }) };
}
const completion = (finishReason = "stop", message: object = { content: "yes" }): JsonObject => {
  const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finishReason }];
  return { id: "c", object: "chat.completion", created: 1, model: "m", choices, usage: { total_tokens: 16 } };
};

/** A call's job, its first requests answered so. */
function jobOf(context: CallContext, call: PreparedCall, answers: readonly JsonObject[]) {
  const job = createJob(context, [call]);
  for (const answer of answers) {
    job.next();
    job.take(answer);
  }
  return job;
}
const shapeAll = (context: CallContext, call: PreparedCall, answers: readonly JsonObject[], as: typeof form) =>
  shapeWhole(call, jobOf(context, call, answers).answer(), as);
const failAfter = (context: CallContext, call: PreparedCall, answers: readonly JsonObject[], error: unknown) =>
  jobOf(context, call, answers).failed(error);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a chat's answer", () => {
  it("is the server's, with the report", () => {
    const { context, call } = setup(ask("Hello"));
    Object.assign(call.totals, { cost: 16, attempts: 1 });
    expect(shapeAll(context, call, [completion()], form)).toEqual({
      kind: "whole",
      answer: { ...completion(), usage: expect.objectContaining({ api_tokens: 16 }) },
      report: expect.objectContaining({ apiTokens: 16, attempts: 1, truncatedByTier: false, requestId: "mine" }),
    });
  });

  it("is read in its dialect", () => {
    const { context, call } = setup(ask("Hello", { model: "claude-3-haiku-20240307" }));
    expect(shapeAll(context, call, [completion("end_turn")], form)).toMatchObject({
      answer: { choices: [{ finish_reason: "stop" }] },
    });
  });

  test.each([
    [{}],
    [{ choices: 5 }],
    [{ choices: [] }],
    [{ choices: [null] }],
    [{ choices: [{ message: { tool_calls: [{ id: "1", function: { name: "pay", arguments: 10 } }] } }] }],
    [{ choices: [{}] }],
    [{ choices: [{ message: null }] }],
    [{ choices: [{ message: "yes" }] }],
  ])("that is %j makes no sense", (answer) => {
    const { context, call } = setup(ask("Hello"));
    expect(() => shapeAll(context, call, [answer], form)).toThrow(
      expect.objectContaining({ code: "unexpected_response", retryable: false }),
    );
  });

  it("gets what its server left out", () => {
    const { context, call } = setup(ask("Hello"));
    const calls = [{ id: "a", function: { name: "pay", arguments: { amount: 10 } } }];
    const choices = [
      { message: { content: null, tool_calls: calls }, finish_reason: "stop" },
      { message: { content: "yes", tool_calls: [] }, finish_reason: "stop" },
    ];
    expect(shapeAll(context, call, [{ choices }], form)).toMatchObject({
      answer: {
        id: "mine",
        object: "chat.completion",
        created: call.createdAt,
        model: "gpt-4o-mini",
        choices: [
          {
            index: 0,
            message: {
              tool_calls: [{ id: "a", type: "function", function: { name: "pay", arguments: '{"amount":10}' } }],
            },
            finish_reason: "tool_calls",
          },
          { index: 1, message: { content: "yes" }, finish_reason: "stop" },
        ],
      },
    });
  });

  it("by a tool of ours ends as a text does", () => {
    const schema = { name: "s", schema: { type: "object", properties: { a: { type: "number" } } } };
    const body = { model: "claude-3-haiku-20240307", response_format: { type: "json_schema", json_schema: schema } };
    const { context, call } = setup(ask("Hello", body));
    const { tools: [tool] = [] } = (call.adapted.parts[0]?.body ?? {}) as { tools?: { name: string }[] };
    const calls = [{ id: "a", function: { name: tool?.name, arguments: { a: 1 } } }];
    expect(shapeAll(context, call, [completion("stop", { content: null, tool_calls: calls })], form)).toMatchObject({
      answer: { choices: [{ message: { content: '{"a":1}' }, finish_reason: "stop" }] },
    });
  });

  test.each([
    [undefined, "length", true],
    [4_000, "length", true],
    [512, "length", false],
    [20, "length", false],
    [undefined, "stop", false],
  ])("to max_tokens %s that ends with %s: cut by the tier: %s", (max_tokens, reason, isCut) => {
    const { context, call } = setup(ask("Hello", max_tokens === undefined ? {} : { max_tokens }));
    expect(shapeAll(context, call, [completion(reason)], form).kind).toBe("whole");
    expect(call.totals.truncated).toBe(isCut);
  });

  it("is cut by the tier if any of its choices is", () => {
    const { context, call } = setup(ask("Hello", { n: 2 }));
    const [choice] = completion("length").choices as object[];
    const [other] = completion().choices as object[];
    shapeAll(context, call, [{ ...completion(), choices: [other, choice] }], form);
    expect(call.totals.truncated).toBe(true);
  });
});

describe("a whole answer to a request for a stream", () => {
  const streamed = async (answer: JsonObject, more: object = {}) => {
    const { context, call } = setup({ ...ask("Hello"), model: "o1", stream: true, ...more });
    const outcome = shapeAll(context, call, [answer], form);
    if (outcome.kind !== "stream") throw new Error("is no stream");
    expect(await outcome.report).toEqual(outcome.head);
    expect(outcome.head).toMatchObject({ requestId: "mine" });
    return collect(outcome.items);
  };

  it("is one chunk with everything", async () => {
    expect(await streamed(completion())).toEqual([
      {
        item: {
          id: "c",
          object: "chat.completion.chunk",
          created: 1,
          model: "m",
          choices: [{ index: 0, delta: { role: "assistant", content: "yes" }, finish_reason: "stop" }],
        },
        raw: undefined,
      },
    ]);
  });

  it("has its usage in another chunk, if the caller asked for that", async () => {
    const options = { stream_options: { include_usage: true } };
    expect(await streamed(completion(), options)).toMatchObject([
      { item: { choices: [{ index: 0 }] } },
      {
        item: {
          id: "c",
          object: "chat.completion.chunk",
          choices: [],
          usage: { completion_tokens: 1, prompt_tokens: 8, total_tokens: 9 },
        },
        raw: undefined,
      },
    ]);
    const { usage: _, ...withoutUsage } = completion();
    expect(await streamed(withoutUsage, options)).toMatchObject([
      { item: { choices: [{ index: 0 }] } },
      { item: { choices: [], usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9, estimated: true } } },
    ]);
  });

  it("has its tool calls counted, as streams have", async () => {
    const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
    const [one] = await streamed(completion("tool_calls", { content: null, tool_calls: [call("a"), call("b")] }));
    expect(one?.item.choices[0]?.delta.tool_calls).toEqual([
      { index: 0, ...call("a") },
      { index: 1, ...call("b") },
    ]);
    const [none] = await streamed(completion("stop", { content: "yes", tool_calls: [] }));
    expect(none?.item.choices[0]?.delta).toEqual({ role: "assistant", content: "yes" });
  });
});

describe("the answers of several requests", () => {
  it("are one list of vectors", () => {
    const { context, call } = setup(single);
    const { answer } = shapeAll(context, call, [vector(1), vector(2), vector(3)], form) as { answer?: unknown };
    expect(answer).toMatchObject({ data: [1, 2, 3].map((value, index) => ({ index, embedding: [value] })) });
  });

  it("are one list of images, dated by the engine where the server gives no date", () => {
    const { context, call } = setup({ ...image, n: 2 });
    expect(shapeAll(context, call, [picture("a"), picture("b")], form)).toMatchObject({
      kind: "whole",
      answer: {
        created: call.createdAt,
        data: [...(picture("a").images as object[]), ...(picture("b").images as object[])],
      },
      report: { requestId: "mine" },
    });
  });

  it("have one usage: the cost of all, and the model tokens of each", () => {
    const { context, call } = setup(single);
    call.totals.cost = 9;
    const usages = [{ total_tokens: 3, api_tokens: 4 }, { prompt_tokens: 2, api_tokens: 4 }, undefined];
    const answers = usages.map((usage, index) => ({ ...vector(index), usage }));
    const usageOf = (list: readonly JsonObject[]) => {
      const outcome = shapeAll(context, call, list, form);
      return outcome.kind === "whole" ? outcome.answer.usage : undefined;
    };
    expect(usageOf(answers)).toEqual({ prompt_tokens: 6, total_tokens: 6, api_tokens: 9, estimated: true });
    expect(usageOf(answers.map((answer) => ({ ...answer, usage: usages[0] })))).toEqual({
      prompt_tokens: 9,
      total_tokens: 9,
      api_tokens: 9,
    });
  });

  it("of images keep their usage as it came, beside the cost of all", () => {
    const { context, call } = setup(image);
    call.totals.cost = 9;
    const came = { output_tokens: 3, total_tokens: 40 };
    expect(shapeAll(context, call, [{ ...picture("a"), usage: came }], form)).toMatchObject({
      answer: { usage: { ...came, api_tokens: 9 } },
    });
    const without = shapeAll(context, call, [picture("a")], form);
    expect(without.kind === "whole" && without.answer).not.toHaveProperty("usage");
  });

  it("of which a later one makes no sense are an error that has those before it", () => {
    const { context, call } = setup(single);
    expect(() => shapeAll(context, call, [vector(1), vector(2), { data: [] }], form)).toThrow(
      expect.objectContaining({
        code: "unexpected_response",
        completed: [expect.objectContaining({ index: 0 }), expect.objectContaining({ index: 1 })],
      }),
    );
  });
});

describe("what was finished before an error", () => {
  const failure = () => new UpstreamError("unavailable", "down");

  it("goes with the error", () => {
    const { context, call } = setup({ ...image, n: 3 });
    const error = failure();
    expect(failAfter(context, call, [picture("a"), picture("b")], error)).toBe(error);
    expect(error).toMatchObject({
      completed: [picture("a"), picture("b")].map(({ images }) => (images as object[])[0]),
    });
    expect(Object.keys(error)).toContain("completed");
  });

  it("ends before the first answer that makes no sense", () => {
    const { context, call } = setup({ ...image, n: 3 });
    const error = failure();
    failAfter(context, call, [picture("a"), {}, picture("c")], error);
    expect(error).toMatchObject({ completed: [{ url: "http://a.example/a.png" }] });
  });

  test.each<[string, object, JsonObject[]]>([
    ["nothing was finished", { ...image, n: 3 }, []],
    ["the first answer makes no sense", { ...image, n: 3 }, [{}]],
    ["the call has one request", image, [picture("a")]],
  ])("is nothing where %s", (_, body, answers) => {
    const error = failure();
    const { context, call } = setup(body);
    expect(failAfter(context, call, answers, error)).toBe(error);
    expect(error).not.toHaveProperty("completed");
  });

  it("is not told by errors of other makes, which may be anybody's", () => {
    const { context, call } = setup({ ...image, n: 3 });
    const reason = new Error("left");
    expect(failAfter(context, call, [picture("a")], reason)).toBe(reason);
    expect(reason).not.toHaveProperty("completed");
    expect(failAfter(context, call, [picture("a")], "left")).toBe("left");
  });
});

describe("an open stream", () => {
  function open(signal?: AbortSignal) {
    const { context, events } = createTestContext();
    const body = { ...ask("Hello"), stream: true };
    const call = plan(context, body, { signal, requestId: "mine" });
    const observer = observeCall(context, "chat", body, undefined);
    observer.planned(call);
    call.totals.attempts = 1;
    let wasLeft = false;
    const items = createEventChannel<object>(() => {
      wasLeft = true;
    });
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    const outcome = shapeStream(call, { items, isOne: true, done, wasLeft: () => wasLeft }, observer);
    if (outcome.kind !== "stream") throw new Error("is no stream");
    return {
      ...outcome,
      channel: items,
      call,
      end: resolve,
      fail: reject,
      outcomes: () => events.map((event) => "outcome" in event && event.outcome),
    };
  }

  it("brings its items, and two reports: as known at its head, and at its end", async () => {
    const { items, channel, head, report, call, end, outcomes } = open();
    channel.push(chunk("a"), 1);
    channel.end();
    expect(await collect(items)).toEqual([chunk("a")]);
    expect(outcomes()).toEqual([]);
    call.totals.cost = 16;
    end();
    expect(await report).toMatchObject({ apiTokens: 16, requestId: "mine" });
    expect(head.apiTokens).toBe(0);
    expect(outcomes()).toEqual(["answered"]);
  });

  it("whose reader left is an aborted call also where the upstream then has no end", async () => {
    const { items, channel, report, fail, outcomes } = open();
    channel.push(chunk("a"), 1);
    for await (const _ of items) break;
    fail(new UpstreamError("network", "the request was given up"));
    await report;
    expect(outcomes()).toEqual(["aborted"]);
  });

  it("whose reader left is an aborted call", async () => {
    const { items, channel, report, end, outcomes } = open();
    channel.push(chunk("a"), 1);
    for await (const _ of items) break;
    end();
    await report;
    expect(outcomes()).toEqual(["aborted"]);
  });

  it("whose signal was aborted is an aborted call", async () => {
    const { report, end, outcomes } = open(AbortSignal.abort());
    end();
    await report;
    expect(outcomes()).toEqual(["aborted"]);
  });

  it("that fails has a report all the same, and is a failed call", async () => {
    const { report, fail, outcomes } = open();
    fail(new FatalUpstreamError("unexpected_response", "garbage"));
    expect(await report).toMatchObject({ requestId: "mine" });
    expect(outcomes()).toEqual(["failed"]);
  });
});
