import type { ServerResponse } from "node:http";
import { createParser } from "eventsource-parser";
import { describe, expect, it, test } from "vitest";
import { createPair, createTestEngine, meeting } from "../testing/engine.js";
import { chunk, eventStream, serve } from "../testing/server.js";

const PATH = "https://api.openai.com/v1/completions";

function post(fields: object, init: RequestInit = {}): RequestInit {
  return { method: "POST", body: JSON.stringify({ model: "gpt-4o-mini", prompt: "Hello", ...fields }), ...init };
}

interface Completion {
  readonly id: string;
  readonly object: string;
  readonly choices: readonly { text: string; index: number; finish_reason: string | null; logprobs: null }[];
  readonly usage?: { total_tokens: number; api_tokens: number };
  readonly error?: { code: string };
}

/** The events of a stream but its end, which must be there. */
async function eventsOf(response: Response): Promise<Completion[]> {
  const events: string[] = [];
  createParser({ onEvent: ({ data }) => void events.push(data) }).feed(await response.text());
  expect(events.at(-1)).toBe("[DONE]");
  return events.slice(0, -1).map((data) => JSON.parse(data) as Completion);
}

const evidence = { source: "test", date: "2026-01-01", status: "assumed" } as const;
const period = { type: "day" } as const;
const day = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 16, period, evidence } as const;
const dayOf16 = { name: "small", title: "laplas free tier", extends: "free", rules: [day] } as const;

describe("POST /completions", () => {
  it("answers a prompt by a chat, in the shape of a completion, its story in headers", async () => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(PATH, post({ echo: false, best_of: 1, suffix: "", logprobs: null }));
    expect([response.status, response.headers.get("x-laplas-api-tokens")]).toEqual([200, "16"]);
    expect(response.headers.get("x-laplas-usage")).toBe("tokens");
    const answer = (await response.json()) as Completion;
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^cmpl-(?!chatcmpl)/),
      object: "text_completion",
      choices: [{ text: expect.stringContaining("Hello there!"), index: 0, finish_reason: "stop", logprobs: null }],
      usage: { prompt_tokens: 8, api_tokens: 16 },
    });
    expect(Object.keys(answer.choices[0] ?? {}).sort()).toEqual(["finish_reason", "index", "logprobs", "text"]);
    expect(sandbox.requests[0]).toMatchObject({ path: "/v1/chat/completions" });
    expect(sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("sets no limit but the tier's where the client sets none", async () => {
    const { laplas } = await createPair();
    const prompt = "Write 60 words about the sea";
    const free = await laplas.fetch(PATH, post({ prompt }));
    expect(free.headers.get("x-laplas-adjusted")).toBe("max_tokens=512");
    expect(((await free.json()) as Completion).choices[0]?.finish_reason).toBe("stop");
    const short = (await (await laplas.fetch(PATH, post({ prompt, max_tokens: 16 }))).json()) as Completion;
    expect(short.choices[0]?.finish_reason).toBe("length");
  });

  it("answers several prompts by several choices, n for each, with the usage of all", async () => {
    const { laplas, sandbox, events } = await createPair();
    const prompt = ["Hello", "Write 5 words about the sea"];
    const response = await laplas.fetch(PATH, post({ prompt, n: 2 }));
    const { choices, usage } = (await response.json()) as Completion;
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(choices.map(({ text }) => text.includes("Hello there!"))).toEqual([true, true, false, false]);
    const calls = events.flatMap((event) => (event.type === "call" ? [event.apiTokens] : []));
    expect(calls).toEqual([usage?.api_tokens]);
    expect(response.headers.get("x-laplas-api-tokens")).toBe(String(sandbox.used()));
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("streams, with the usage that was asked for at the end", async () => {
    const { laplas } = await createPair();
    const body = { prompt: "Write 20 words about the sea", stream: true, stream_options: { include_usage: true } };
    const events = await eventsOf(await laplas.fetch(PATH, post(body)));
    const last = events.pop();
    expect(last).toMatchObject({ object: "text_completion", choices: [], usage: { api_tokens: expect.any(Number) } });
    expect(events.length).toBeGreaterThan(5);
    expect(new Set([...events, last].map((event) => event?.id)).size).toBe(1);
    for (const { object, choices } of events) {
      expect(object).toBe("text_completion");
      expect(choices).toEqual([
        { text: expect.any(String), index: 0, logprobs: null, finish_reason: expect.toBeOneOf([null, "stop"]) },
      ]);
      // No event for the role alone.
      expect(choices[0]?.text === "" && choices[0].finish_reason === null).toBe(false);
    }
    expect(events.at(-1)?.choices[0]?.finish_reason).toBe("stop");
    expect(events.flatMap(({ choices }) => choices.map(({ text }) => text)).join("")).toContain("sea");
  });

  it("streams several prompts in turn, each its own choice, with one usage", async () => {
    const { laplas, sandbox } = await createPair();
    const prompt = ["Hello", "Write 9 words about the sea", "Hello"];
    const body = { prompt, stream: true, stream_options: { include_usage: true } };
    const events = await eventsOf(await laplas.fetch(PATH, post(body)));
    expect(events.filter(({ usage }) => usage)).toEqual([events.at(-1)]);
    expect(events.at(-1)).toMatchObject({ choices: [], usage: { api_tokens: sandbox.used() } });
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    const ends = events.flatMap(({ choices }) => choices.filter(({ finish_reason: reason }) => reason !== null));
    expect(ends.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(sandbox.counts()).toMatchObject({ received: 3, refused: 0 });
  });

  it("answers by a model that never streams, as a stream", async () => {
    const { laplas } = await createPair();
    const events = await eventsOf(await laplas.fetch(PATH, post({ model: "o1", stream: true })));
    expect(events).toMatchObject([{ choices: [{ text: expect.stringMatching(/./), finish_reason: "stop" }] }]);
  });

  test.each<[object, string]>([
    [{ echo: true }, "echo"],
    [{ prompt: [[1, 2]] }, "prompt"],
    [{ prompt: undefined }, "prompt"],
    [{ max_tokens: -1 }, "max_tokens"],
    [{ model: "text-embedding-3-small" }, "model"],
  ])("%j: a 400 that names the field, and nothing is sent", async (fields, param) => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(PATH, post(fields));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", param } });
    expect(sandbox.counts().received).toBe(0);
  });

  it("sends none of several prompts where one can't be", async () => {
    const { laplas, sandbox, events } = await createPair();
    const prompt = ["Hello", `${"the heron waits by the mill ".repeat(60_000)}`];
    const response = await laplas.fetch(PATH, post({ prompt }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "free_tier_context_length" } });
    expect(events.flatMap((event) => (event.type === "call" ? [event.outcome] : []))).toEqual(["refused"]);
    expect(sandbox.counts().received).toBe(0);
  });

  it("fails with the prompt that the day does not hold, before a stream or in it", async () => {
    const { laplas, sandbox } = await createPair({ tier: dayOf16 });
    const streamed = await laplas.fetch(PATH, post({ prompt: ["Hello", "Hello"], stream: true }));
    expect(streamed.status).toBe(200);
    const text = await streamed.text();
    expect(text).toContain('"text":"Hell"');
    expect(text).toContain("free_tier_daily_quota");
    expect(text).not.toContain("[DONE]");
    const whole = await laplas.fetch(PATH, post({ prompt: ["Hello", "Hello"] }));
    expect([whole.status, whole.headers.get("x-laplas-code")]).toEqual([429, "daily_quota"]);
    expect(sandbox.counts().received).toBe(1);
  });

  it("ends a call whose reader leaves while the upstream is silent, and asks for no further prompt", async () => {
    const left = Promise.withResolvers<void>();
    const upstreams: ServerResponse[] = [];
    const url = await serve((_, response) => {
      upstreams.push(response);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(eventStream(chunk("Hel")));
    });
    const { laplas } = createTestEngine(url, {
      onEvent: (event) => {
        if (event.type === "call" && event.outcome === "aborted") left.resolve();
      },
    });
    const response = await laplas.fetch(PATH, post({ prompt: ["Hello", "Hello"], stream: true }));
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"Hel"');
    await reader?.cancel();
    // It is read on for its cost.
    upstreams[0]?.end(eventStream(chunk("lo", "stop"), "[DONE]"));
    await left.promise;
    expect(upstreams).toHaveLength(1);
  });

  it("rejects with the caller's reason, whichever prompt runs", async () => {
    const { laplas, sandbox } = await createPair();
    const controller = new AbortController();
    const running = meeting(sandbox, { kind: "stall" });
    const asked = laplas.fetch(PATH, post({ prompt: ["Hello", "Hello"] }, { signal: controller.signal }));
    await running;
    controller.abort(new Error("the caller left"));
    await expect(asked).rejects.toThrow("the caller left");
  });
});
