import { describe, expect, it } from "vitest";
import { UpstreamError } from "../errors/upstream-errors.js";
import type { ChatCompletionChunk, JsonObject, Usage } from "../request/wire-types.js";
import { createTestContext } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { createChatJob } from "./chat-job.js";
import { prepareCalls } from "./prepare-call.js";

async function jobOf(...bodies: readonly object[]) {
  const { context } = createTestContext();
  const plans = await prepareCalls(context, "chat", bodies, { requestId: "mine" });
  return { plans, job: createChatJob(context, plans) };
}

function answerOf(id: string, contents: readonly string[], usage?: Usage): JsonObject {
  const choices = contents.map((content, index) => ({
    index,
    message: { role: "assistant", content },
    finish_reason: "stop",
  }));
  return { id, object: "chat.completion", created: 1, model: "m", choices, ...(usage === undefined ? {} : { usage }) };
}

function chunkOf(id: string, indexes: readonly number[], usage?: Usage): ChatCompletionChunk {
  const choices = indexes.map((index) => ({ index, delta: { content: `${id}${index}` }, finish_reason: null }));
  const told = usage === undefined ? {} : { usage };
  return { id, object: "chat.completion.chunk", created: 1, model: "m", choices, ...told };
}

describe("a chat of one request", () => {
  it("is passed on as it comes", async () => {
    const { job } = await jobOf({ ...ask("Hello"), stream: true });
    job.next();
    const chunk = chunkOf("a", [0]);
    expect(job.read(chunk)).toBe(chunk);
    job.ended(() => chunkOf("a", [], { total_tokens: 1 }));
    // Nobody asked for its usage.
    expect([job.next(), job.ready()]).toEqual([undefined, []]);
  });
});

describe("several chats", () => {
  it("are one answer: the choices numbered in the order of the chats, n for each", async () => {
    const { job, plans } = await jobOf(...["a", "b", "c"].map((text) => ask(text, { n: 2 })));
    expect(plans.every(({ totals }) => totals === plans[0].totals)).toBe(true);
    for (const answer of [answerOf("a", ["1", "2"]), answerOf("b", ["3"]), answerOf("c", ["4", "5"])]) {
      job.next();
      job.take(answer);
    }
    expect(job.next()).toBeUndefined();
    const { id, choices } = job.answer();
    expect(id).toBe("a");
    // The second chat gave one choice of two.
    expect(choices.map(({ index, message }) => [index, message.content])).toEqual([
      [0, "1"],
      [1, "2"],
      [2, "3"],
      [4, "4"],
      [5, "5"],
    ]);
  });

  it("have one usage: model tokens of each, and the cost of all", async () => {
    const { job, plans } = await jobOf(ask("a"), ask("b"));
    const usages = [8, 9].map((cost) => {
      job.next();
      plans[0].totals.cost += cost;
      job.take(answerOf("a", ["x"], { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 }));
      return { ...job.answer().usage };
    });
    const [first, both] = usages;
    expect(both).toMatchObject({ prompt_tokens: 2 * (first?.prompt_tokens ?? 0), api_tokens: 17 });
  });

  it("are adjusted once for each change", async () => {
    const { plans } = await jobOf(ask("a"), ask("b", { max_tokens: 4_000 }));
    expect(plans[0].adjusted.map(({ to }) => to)).toEqual(["max_tokens=512"]);
  });

  it("stream in turn, with the head of the first, and the usage of all at the end", async () => {
    const body = { ...ask("a", { n: 2 }), stream: true, stream_options: { include_usage: true } };
    const { job, plans } = await jobOf(body, body);
    const seen: unknown[] = [];
    for (const [id, cost] of [
      ["a", 1],
      ["b", 6],
    ] as const) {
      job.next();
      for (const chunk of [chunkOf(id, [0]), chunkOf(id, [1, 0])]) {
        const read = job.read(chunk);
        seen.push([read?.id, ...(read?.choices ?? []).map(({ index }) => index)]);
      }
      plans[0].totals.cost += cost;
      job.ended(() => chunkOf(id, [], { total_tokens: cost }));
    }
    expect(job.next()).toBeUndefined();
    expect(seen).toEqual([
      ["a", 0],
      ["a", 1, 0],
      ["a", 2],
      ["a", 3, 2],
    ]);
    expect(job.ready()).toMatchObject([{ id: "a", choices: [], usage: { total_tokens: 7, api_tokens: 7 } }]);
  });

  it("give an error the choices that were finished before it", async () => {
    const { job } = await jobOf(ask("a"), ask("b"));
    job.next();
    job.take(answerOf("a", ["x"]));
    job.next();
    expect(job.failed(new UpstreamError("unavailable", "down"))).toMatchObject({
      completed: [{ index: 0, message: { content: "x" } }],
    });
  });
});
