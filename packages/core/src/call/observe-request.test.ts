import { describe, expect, it } from "vitest";
import type { LaplasEvent } from "../events.js";
import { ask, createPair, createTestEngine, meeting, rejection } from "../testing/engine.js";
import { answerOf, createTestPool, documentOf, errorOf, streamOf, windowOf } from "../testing/pool.js";

const hello = [{ role: "user", content: "Hello" }] as const;
const requests = (events: readonly LaplasEvent[]) => events.filter(({ type }) => type === "request");

describe("the event of a request", () => {
  it("tells whom it went to and what came of it, before its call ends", async () => {
    const { laplas, events } = await createPair();
    await laplas.chat(ask("Hello"));
    expect(events.map(({ type }) => type)).toEqual(["request", "call"]);
    expect(events[0]).toEqual({
      type: "request",
      at: expect.any(Date),
      endpoint: "chat",
      provider: "laplas",
      model: "gpt-4o-mini",
      streamed: false,
      outcome: "answered",
      status: 201,
      durationMs: expect.any(Number),
    });
  });

  it("of a stream tells when it began", async () => {
    const { laplas, events } = await createPair();
    const stream = laplas.chatStream(ask("Hello"));
    for await (const _ of stream);
    await stream.report;
    expect(requests(events)).toMatchObject([{ streamed: true, outcome: "answered", firstMs: expect.any(Number) }]);
  });

  it("comes for each request of a call, and for none that was not sent", async () => {
    const { laplas, events } = await createPair();
    await laplas.image({ model: "flux/schnell", prompt: "an owl", n: 3 });
    expect(requests(events)).toHaveLength(3);
    await rejection(laplas.chat(ask("Hello", { model: "veo2" })));
    expect(requests(events)).toHaveLength(3);
  });

  it.each([
    ["a refusal", () => errorOf(429, "slow down", { "retry-after": "90" }), "refused", "hourly_quota", 429],
    ["a request that is invalid there", () => errorOf(400, "no such field"), "refused", "invalid_request", 400],
    ["an error of the server", () => errorOf(503, "later"), "failed", "unavailable", 503],
    ["an answer without sense", () => new Response("?"), "failed", "unexpected_response", 200],
    ["a broken connection", () => Promise.reject(new TypeError("fetch failed")), "failed", "network", undefined],
  ])("tells %s", async (_, answer, outcome, code, status) => {
    const { engine, events } = createTestPool([documentOf("one", [windowOf(9)])], answer);
    await rejection(engine.chat({ model: "one-model", messages: hello }));
    const [request] = requests(events);
    expect(request).toMatchObject({ outcome, code, provider: "one", model: "one-model" });
    expect(request).toHaveProperty("type", "request");
    expect((request as { status?: number }).status).toBe(status);
  });

  it("of a stream that breaks off tells both its beginning and its failure", async () => {
    const { engine, events } = createTestPool([documentOf("one", [windowOf(9)])], () => streamOf(["Hi", undefined]));
    const work = async (): Promise<void> => {
      for await (const _ of engine.chatStream({ model: "one-model", messages: hello }));
    };
    await rejection(work());
    expect(requests(events)).toMatchObject([
      { outcome: "failed", code: "network", status: 200, firstMs: expect.any(Number) },
    ]);
  });

  it("of an abort comes when the request is given up, and blames nobody", async () => {
    const { laplas, sandbox, events } = await createPair();
    const running = meeting(sandbox, { kind: "silent" });
    const controller = new AbortController();
    const asked = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await running;
    controller.abort();
    await asked;
    expect(events).toMatchObject([{ type: "call", outcome: "aborted" }]);
    await laplas.close();
    await expect.poll(() => requests(events).length).toBe(1);
    expect(requests(events)[0]).toMatchObject({ outcome: "aborted" });
    expect(requests(events)[0]).not.toHaveProperty("code");
  });

  it("of an answer that came although its caller had gone tells the answer", async () => {
    const answered = Promise.withResolvers<Response>();
    const asked = Promise.withResolvers<void>();
    const controller = new AbortController();
    const { laplas, events } = createTestEngine("http://upstream.test/v1", {
      fetch: () => {
        asked.resolve();
        return answered.promise;
      },
    });
    const call = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await asked.promise;
    controller.abort();
    await call;
    answered.resolve(answerOf("Hi"));
    await expect.poll(() => requests(events)).toMatchObject([{ outcome: "answered" }]);
  });
});

describe("the tokens of a call's event", () => {
  it("are those of its answer's usage", async () => {
    const { laplas, events } = await createPair();
    const { usage } = await laplas.chat(ask("Hello"));
    expect(events.at(-1)).toMatchObject({
      inputTokens: usage?.prompt_tokens,
      outputTokens: usage?.completion_tokens,
    });
  });

  it("are there for streams whose caller did not ask for usage, and of embeddings the input's", async () => {
    const { laplas, events } = await createPair();
    const told: object[] = [];
    for (const options of [{}, { stream_options: { include_usage: true } }]) {
      const stream = laplas.chatStream(ask("Hello", options));
      for await (const _ of stream);
      await stream.report;
      told.push(events.at(-1) ?? {});
    }
    const [without, withUsage] = told;
    expect(without).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
    const { inputTokens, outputTokens } = withUsage as { inputTokens: number; outputTokens: number };
    expect(without).toMatchObject({ inputTokens, outputTokens });
    const { usage } = await laplas.embed({ model: "text-embedding-3-small", input: ["sea", "land"] });
    expect(events.at(-1)).toMatchObject({ inputTokens: usage?.prompt_tokens });
    expect(events.at(-1)).not.toHaveProperty("outputTokens");
  });

  it("are those of all parts of a long answer", async () => {
    const { laplas, events } = await createPair({ continueAtCap: 8 });
    const { usage } = await laplas.chat(ask("Count to 900", { max_tokens: 4_000 }));
    expect(events.at(-1)).toMatchObject({ type: "call", outputTokens: usage?.completion_tokens });
  });
});
