import { describe, expect, it, test } from "vitest";
import { createLaplas } from "./create-laplas.js";
import { API_KEY, ask, createPair, createTestEngine, meeting, rejection } from "./testing/engine.js";
import { createGate } from "./testing/gate.js";
import { temporaryFile } from "./testing/ledger.js";
import { createSandbox } from "./testing/sandbox.js";
import { serve } from "./testing/server.js";

const imageMessage = [
  { role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] },
];

describe("check", () => {
  it("says what a call would meet, and spends nothing", async () => {
    const { laplas, sandbox, events } = await createPair();
    expect(await laplas.check(ask("Hello", { max_tokens: 900 }))).toMatchObject({
      verdict: "pass",
      model: "gpt-4o-mini",
      adjusted: [{ to: "max_tokens=512" }],
      cost: { expected: expect.any(Number), worst: expect.any(Number) },
    });
    expect(await laplas.check({ model: "text-embedding-3-small", input: "a" })).toMatchObject({ verdict: "pass" });
    expect(sandbox.counts().received).toBe(0);
    expect(await laplas.status()).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 0, held: 0 }] });
    expect(events).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["an attachment", { messages: imageMessage }, "image_input"],
    ["an unknown model", { model: "gpt4o-mni" }, "model_not_on_tier"],
    ["an off-tier model", { model: "veo2" }, "model_not_on_tier"],
    ["no messages", { messages: [] }, "invalid_request"],
    ["NaN", { temperature: Number.NaN }, "invalid_request"],
  ])("refuses %s in the words of the call", async (_, fields, code) => {
    const { laplas } = await createPair();
    const request = ask("Hello", fields);
    const [checked, thrown] = [await laplas.check(request), await rejection(laplas.chat(request))];
    expect(checked).toMatchObject({
      verdict: "refuse",
      error: { code, retryable: false, message: (thrown as Error).message },
    });
    expect(thrown).toMatchObject({ code });
  });

  it("tells of the queue and of a spent day", async () => {
    const gate = createGate();
    const { laplas, sandbox } = await createPair({ fetch: gate.fetch });
    const call = laplas.chat(ask("Hello"));
    await gate.reached;
    expect(await laplas.check(ask("Hello"))).toMatchObject({ verdict: "wait", position: 0 });
    gate.open();
    await call;
    sandbox.fault({ kind: "publishedError" });
    await rejection(laplas.chat(ask("Hello")));
    expect(await laplas.check(ask("Hello"))).toMatchObject({
      verdict: "refuse",
      error: { code: "daily_quota", resetsAt: expect.any(Date), retryable: false },
    });
  });
});

describe("messages", () => {
  test.each<[object, RegExp]>([
    [
      { model: "gpt4o-mni" },
      /^laplas free tier: there is no model "gpt4o-mni" in the catalog\. Did you mean gpt-4o-mini.*unknownModels: "send"/,
    ],
    [{ model: "veo2" }, /^laplas free tier: "veo2" is a video model\. Only chat, embedding and image models/],
    [{ model: "" }, /^"model" is empty, but must be the id of a model\.$/],
    [{ model: undefined }, /^"model" is missing/],
    [{ messages: [] }, /^"messages" is an empty list, but must be a list of at least one message\.$/],
    [{ messages: "Tell me a secret" }, /^"messages" is a text, but/],
    [{ messages: [null] }, /^messages\[0\] has no "role"\.$/],
    [{ max_tokens: Number.NaN }, /"max_tokens" is NaN, but must be/],
    [{ max_tokens: -5 }, /"max_tokens" is -5, but must be a whole number, 1 or more/],
    [{ max_tokens: 0 }, /"max_tokens" is 0/],
    [{ max_tokens: 1.5 }, /"max_tokens" is 1\.5/],
    [{ max_tokens: "512" }, /"max_tokens" is "512"/],
    [{ temperature: Number.NaN }, /"temperature" is NaN, but must be a number from 0 to 2/],
    [{ temperature: 2.01 }, /"temperature" is 2\.01/],
    [{ top_p: -0.01 }, /"top_p" is -0\.01, but must be a number from 0 to 1/],
    [{ n: 0 }, /"n" is 0, but must be a number from 1 on/],
    [{ seed: Number.POSITIVE_INFINITY }, /"seed" is Infinity, but must be a finite number/],
    [{ messages: imageMessage }, /messages\[0\] holds a part of type "image_url".*rule image_input.*Take it out/],
  ])("of %o say what is wrong, with the value", async (fields, text) => {
    const { laplas, sandbox } = await createPair();
    const error = (await rejection(laplas.chat(ask("Hello", fields)))) as Error;
    expect(error.message).toMatch(text);
    expect(error.message).not.toContain("secret");
    expect(sandbox.counts().received).toBe(0);
  });

  test.each([
    { temperature: 0 },
    { temperature: 2 },
    { top_p: 0 },
    { top_p: 1 },
    { max_tokens: 1 },
    { n: 1 },
    { frequency_penalty: -2 },
    { presence_penalty: 2 },
    { max_tokens: null, temperature: null, stream: null, stream_options: null },
  ])("there are none for %o: the bound itself passes", async (fields) => {
    const { laplas, sandbox } = await createPair();
    await laplas.chat(ask("Hello", fields));
    expect(sandbox.counts().answered).toBe(1);
  });

  it("say the same at the fetch door", async () => {
    const { laplas } = await createPair();
    const body = JSON.stringify({ ...ask("Hello"), stream: "yes" });
    const answer = await (await laplas.fetch("/chat/completions", { method: "POST", body })).json();
    expect(answer).toMatchObject({ error: { message: '"stream" is "yes", but must be true or false.' } });
  });

  test.each([null, undefined, 5, "text", []])("%o is no request", async (request) => {
    const { laplas } = await createPair();
    for (const call of [() => laplas.chat(request as never), () => laplas.embed(request as never)]) {
      expect(await rejection(call())).toMatchObject({ code: "invalid_request" });
    }
  });

  it("a million images are not tried", async () => {
    const { laplas } = await createPair({ tier: "paid" });
    for (const fields of [{ n: 2_000_000_000 }, { num_images: 101 }]) {
      const error = await rejection(laplas.image({ model: "flux/schnell", prompt: "a boat", ...fields }));
      expect(error).toMatchObject({ code: "invalid_request" });
      expect((error as Error).message).toMatch(/100 images at most/);
    }
  });
});

describe("the engine", () => {
  it("opens and sends nothing before the first call", async () => {
    const path = `${temporaryFile()}/below/a/file`;
    const laplas = createLaplas({ apiKey: API_KEY, ledger: `sqlite:${path}` });
    laplas.findModel("gpt-4o");
    await laplas.close();
    await laplas.close();
  });

  it("tells its listeners, and goes on when one of them throws", async () => {
    const { laplas, events } = await createPair();
    const heard: string[] = [];
    const stop = laplas.onEvent(({ type }) => {
      heard.push(type);
      throw new Error("a listener");
    });
    await laplas.chat(ask("Hello"));
    stop();
    await laplas.chat(ask("Hello"));
    expect(heard).toEqual(["call"]);
    expect(events).toHaveLength(2);
  });

  it("keeps accounts of keys apart, and holds no key in the file", async () => {
    const sandbox = await createSandbox();
    const ledger = `sqlite:${temporaryFile()}` as const;
    const one = createTestEngine(sandbox.baseURL, { ledger });
    const other = createTestEngine(sandbox.baseURL, { ledger, apiKey: "another-key" });
    await one.laplas.chat(ask("Hello"));
    expect((await one.laplas.status()).windows[0]?.used).toBe(16);
    expect((await other.laplas.status()).windows[0]?.used).toBe(0);
    await sandbox.close();
    const { readFileSync, existsSync } = await import("node:fs");
    for (const suffix of ["", "-wal"]) {
      const file = ledger.slice("sqlite:".length) + suffix;
      if (existsSync(file)) expect(readFileSync(file, "latin1")).not.toContain(API_KEY);
    }
  });

  it("goes on in memory where the ledger can't be written, with one warning", async () => {
    const { laplas, events } = await createPair({ ledger: "sqlite:/proc/laplas/ledger.sqlite" });
    await laplas.chat(ask("Hello"));
    await laplas.chat(ask("Hello"));
    expect((await laplas.status()).ledger).toBe("memory");
    expect(events.filter(({ type }) => type === "warning")).toHaveLength(1);
  });

  it.each([
    ["undici", undefined],
    ["fetch", globalThis.fetch],
  ])(
    "can be closed while a call runs on in the background, on %s: the next engine finds the place free",
    async (_, fetch) => {
      let at = Date.parse("2026-03-10T12:00:00.000Z");
      const shared = { ledger: `sqlite:${temporaryFile()}`, now: () => at, fetch } as const;
      const { laplas: first, sandbox } = await createPair(shared);
      const running = meeting(sandbox, { kind: "stall" });
      const controller = new AbortController();
      const call = rejection(first.chat(ask("Hello"), { signal: controller.signal }));
      await running;
      controller.abort("enough");
      await call;
      await first.close();
      await sandbox.idle();
      // The server may have been at it for a while.
      at += 5_000;
      const { laplas } = createTestEngine(sandbox.baseURL, shared);
      await laplas.chat(ask("Hello"));
      // The first one's cost was never told: an estimate stands for it.
      expect((await laplas.status()).windows[0]?.used).toBeGreaterThan(16);
    },
  );
});

describe("a stream", () => {
  it("sends nothing until it is read", async () => {
    const { laplas, sandbox } = await createPair();
    laplas.chatStream(ask("Hello"));
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts().received).toBe(1);
  });

  it("can be read once: another loop would be paid for again", async () => {
    const { laplas, sandbox } = await createPair();
    const stream = laplas.chatStream(ask("Hello"));
    for await (const _ of stream) break;
    await stream.report;
    expect(await rejection(stream[Symbol.asyncIterator]().next())).toMatchObject({
      message: expect.stringMatching(/has been read already/),
    });
    expect(sandbox.counts().received).toBe(1);
  });

  it("that is refused reports too: nothing waits for ever", async () => {
    const { laplas } = await createPair();
    const stream = laplas.chatStream({ ...ask("Hello"), model: "veo2" });
    expect(await rejection(stream[Symbol.asyncIterator]().next())).toMatchObject({ code: "model_not_on_tier" });
    expect(await stream.report).toMatchObject({ apiTokens: 0, attempts: 0 });
  });
});

describe("a fetch of the caller's own", () => {
  it("sends everything, and only what the engine sends", async () => {
    const seen: RequestInit[] = [];
    const { laplas } = await createPair({
      fetch: (input, init) => {
        seen.push(init ?? {});
        return fetch(input, init);
      },
    });
    await laplas.chat(ask("Hello"));
    const chunks: unknown[] = [];
    for await (const chunk of laplas.chatStream(ask("Hello"))) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(1);
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({
      method: "POST",
      redirect: "manual",
      headers: { authorization: `Bearer ${API_KEY}` },
    });
  });

  it.each<[string, () => Promise<Response>]>([
    ["rejects", () => Promise.reject(new TypeError("fetch failed"))],
    ["rejects with no error", () => Promise.reject("down")],
    [
      "throws",
      () => {
        throw new Error("sync");
      },
    ],
    ["answers with nothing", () => Promise.resolve(undefined as never)],
  ])("that %s is a network error", async (_, own) => {
    const { laplas } = createTestEngine("http://127.0.0.1:9/v1", { fetch: own });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "network" });
    expect((await laplas.status()).running).toBe(0);
  });

  it("does not follow a redirect, which would carry the key elsewhere", async () => {
    let elsewhere = 0;
    const target = await serve((_, response) => {
      elsewhere += 1;
      response.end("{}");
    });
    const url = await serve((_, response) => {
      response.writeHead(307, { location: target }).end();
    });
    for (const own of [undefined, globalThis.fetch]) {
      const { laplas } = createTestEngine(url, { fetch: own });
      expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "unexpected_response" });
    }
    expect(elsewhere).toBe(0);
  });

  it.each(["head", "body"])(
    "that does not hear of the time-out while it waits for the %s is given up all the same",
    async (phase) => {
      const own = (): Promise<Response> =>
        phase === "head" ? new Promise(() => {}) : Promise.resolve(new Response(new ReadableStream({ start() {} })));
      const { laplas } = createTestEngine("http://127.0.0.1:9/v1", { fetch: own, timeoutMs: 50 });
      expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "timeout" });
    },
  );
});
