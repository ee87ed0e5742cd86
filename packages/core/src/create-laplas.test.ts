import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { createLaplas } from "./create-laplas.js";
import { API_KEY, ask, createPair, createTestEngine, meeting, rejection } from "./testing/engine.js";
import { temporaryFile } from "./testing/ledger.js";

const imageMessage = [
  { role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] },
];

describe("messages", () => {
  test.each<[object, RegExp]>([
    [
      { model: "gpt4o-mni" },
      /^laplas free tier: there is no model "gpt4o-mni" in the catalog\. Did you mean gpt-4o-mini/,
    ],
    [{ model: "veo2" }, /^laplas free tier: "veo2" is a video model\. Only chat, embedding and image models/],
    [{ messages: "Tell me a secret" }, /^"messages" is a text, but/],
    [{ max_tokens: -5 }, /"max_tokens" is -5, but must be a whole number, 1 or more/],
    [{ messages: imageMessage }, /messages\[0\] holds a part of type "image_url".*rule image_input.*Take it out/],
  ])("of %o say what is wrong, with the value, and nothing is sent", async (fields, text) => {
    const { laplas, sandbox } = await createPair();
    const error = (await rejection(laplas.chat(ask("Hello", fields)))) as Error;
    expect(error.message).toMatch(text);
    expect(error.message).not.toContain("secret");
    expect(sandbox.counts().received).toBe(0);
  });

  it.each([
    { temperature: 0, top_p: 0, max_tokens: 1, n: 1, frequency_penalty: -2, presence_penalty: -2 },
    { temperature: 2, top_p: 1, max_tokens: 512, frequency_penalty: 2, presence_penalty: 2 },
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
});

describe("the engine", () => {
  it("opens and sends nothing before the first call", async () => {
    const path = `${temporaryFile()}/below/a/file`;
    const laplas = createLaplas({ apiKey: API_KEY, ledger: `sqlite:${path}` });
    laplas.findModel("gpt-4o");
    await laplas.close();
    await laplas.close();
  });

  it("keeps accounts of keys apart, and holds no key in the file", async () => {
    const ledger = `sqlite:${temporaryFile()}` as const;
    const { sandbox, ...one } = await createPair({ ledger });
    const other = createTestEngine(sandbox.baseURL, { ledger, apiKey: "another-key" });
    await one.laplas.chat(ask("Hello"));
    expect((await one.laplas.status()).windows[0]?.used).toBe(16);
    expect((await other.laplas.status()).windows[0]?.used).toBe(0);
    for (const suffix of ["", "-wal"]) {
      const file = ledger.slice("sqlite:".length) + suffix;
      if (existsSync(file)) expect(readFileSync(file, "latin1")).not.toContain(API_KEY);
    }
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
