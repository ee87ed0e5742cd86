import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type SandboxOptions } from "../index.js";
import { chat, eventsOf, openStream } from "../testing/client.js";

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start(options?: SandboxOptions): Promise<Sandbox> {
  sandbox = await createSandbox(options);
  return sandbox;
}

describe("faults that replace the answer", () => {
  it("are met in turn, so many times, and cost nothing", async () => {
    await start();
    sandbox.fault({ kind: "serverError" }, { times: 2 });
    sandbox.fault({ kind: "serverError", status: 504 });
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) statuses.push((await chat(sandbox, "Hello")).status);
    expect(statuses).toEqual([503, 503, 504, 201]);
    expect(sandbox.counts()).toEqual({ received: 4, answered: 1, refused: 0, probe: 0, faulted: 3 });
    expect(sandbox.used()).toBe(16);
  });

  it("meet only the requests they are meant for", async () => {
    await start();
    sandbox.fault({ kind: "serverError", status: 500 }, { when: (request) => request.model === "o1" });
    expect((await chat(sandbox, "Hello")).status).toBe(201);
    expect((await chat(sandbox, "Hello", { model: "o1" })).status).toBe(500);
  });

  it("say 'Service unavailable' and 'Too Many Requests', with Retry-After on demand", async () => {
    await start();
    sandbox.fault({ kind: "serverError" });
    sandbox.fault({ kind: "rateLimit" });
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 3 });
    expect((await chat(sandbox, "Hello")).json.message).toBe("Service unavailable");
    const without = await chat(sandbox, "Hello");
    expect([without.status, without.headers.get("retry-after")]).toEqual([429, null]);
    expect((await chat(sandbox, "Hello")).headers.get("retry-after")).toBe("3");
  });

  it("can be HTML, garbage, or anything", async () => {
    await start();
    sandbox.fault({ kind: "html" });
    sandbox.fault({ kind: "garbage" });
    sandbox.fault({ kind: "respond", status: 418, body: { teapot: true }, headers: { "x-made-of": "clay" } });
    const html = await chat(sandbox, "Hello");
    expect([html.status, html.headers.get("content-type")]).toEqual([502, "text/html"]);
    const garbage = await chat(sandbox, "Hello");
    expect([garbage.status, garbage.json]).toEqual([200, undefined]);
    const any = await chat(sandbox, "Hello");
    expect([any.status, any.json, any.headers.get("x-made-of")]).toEqual([418, { teapot: true }, "clay"]);
  });

  it("can be an error as the documentation prints it", async () => {
    await start();
    sandbox.fault({ kind: "publishedError" });
    const { status, text, json } = await chat(sandbox, "Hello");
    expect([status, json]).toEqual([403, undefined]);
    expect(text).toContain('"statusCode": "403"\n');
    expect(text).not.toMatch(/",\n/);
  });

  it("can ask for money, or send elsewhere with method and body", async () => {
    await start();
    sandbox.fault({ kind: "paymentRequired" });
    expect(await chat(sandbox, "Hello")).toMatchObject({ status: 402, json: { statusCode: 402 } });
    const to = `${sandbox.baseURL}/chat/completions?again`;
    sandbox.fault({ kind: "redirect", to });
    expect((await chat(sandbox, "Hello")).status).toBe(201);
    expect(sandbox.requests.slice(1)).toMatchObject([
      { status: 307, outcome: "faulted", reason: "redirect" },
      { path: "/v1/chat/completions?again", model: "gpt-4o-mini", outcome: "answered" },
    ]);
    sandbox.fault({ kind: "redirect", to, status: 303 });
    // A browser's rule: 303 goes on with GET, which this path does not have.
    expect((await chat(sandbox, "Hello")).status).toBe(404);
  });

  it("can take a request and say nothing until the client leaves", async () => {
    await start();
    sandbox.fault({ kind: "silent" });
    const leave = new AbortController();
    const answer = fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
      signal: leave.signal,
    });
    await sandbox.received();
    expect(sandbox.requests).toMatchObject([{ outcome: "faulted", reason: "silent", status: 0 }]);
    expect([sandbox.running(), sandbox.used()]).toEqual([0, 0]);
    leave.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
  });

  it("can reset the connection", async () => {
    await start();
    sandbox.fault({ kind: "reset" });
    await expect(chat(sandbox, "Hello")).rejects.toThrow();
    expect(sandbox.requests).toMatchObject([{ outcome: "faulted", reason: "reset", status: 0 }]);
    expect((await chat(sandbox, "Hello")).status).toBe(201);
  });
});

describe("faults that spoil the answer", () => {
  it("cut a stream after exactly so many chunks, and charge it", async () => {
    await start();
    sandbox.fault({ kind: "cut", afterChunks: 3 });
    const { reader, first } = await openStream(sandbox, {});
    let text = first;
    const decoder = new TextDecoder();
    const readAll = async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += decoder.decode(value);
      }
    };
    await expect(readAll()).rejects.toThrow();
    expect(eventsOf(text)).toHaveLength(3);
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ outcome: "faulted", reason: "cut", apiTokens: 16, aborted: false }]);
    expect(sandbox.used()).toBe(16);
  });

  it("cut a plain answer in its middle", async () => {
    await start();
    sandbox.fault({ kind: "cut" });
    await expect(chat(sandbox, "Hello")).rejects.toThrow();
    await sandbox.idle();
    expect(sandbox.used()).toBe(16);
  });

  it("stall until the client goes away", async () => {
    await start();
    sandbox.fault({ kind: "stall", afterChunks: 1 });
    const abort = new AbortController();
    const { reader, first } = await openStream(sandbox, {}, abort.signal);
    expect(eventsOf(first)).toHaveLength(1);
    const next = reader.read();
    abort.abort();
    await expect(next).rejects.toThrow();
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ outcome: "faulted", aborted: true }]);
  });

  it.each([false, true])("drip until the client goes away: streamed %s", async (stream) => {
    await start();
    sandbox.fault({ kind: "drip", everyMs: 1 });
    const { reader, first } = await openStream(sandbox, { stream });
    let text = first;
    const begins = stream ? /^data: .*?\n\n(: still here\n\n){3}/s : /^\{"id".*?(\n ){3}/s;
    while (!begins.test(text)) text += new TextDecoder().decode((await reader.read()).value);
    expect(eventsOf(text).filter((event) => !event.startsWith(":"))).toHaveLength(1);
    expect(sandbox.running()).toBe(1);
    await reader.cancel();
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ outcome: "faulted", reason: "drip", aborted: true, apiTokens: 16 }]);
  });

  it("never let a stream end; a plain answer does", async () => {
    await start();
    sandbox.fault({ kind: "endless" }, { times: 2 });
    const { reader, first } = await openStream(sandbox, { max_tokens: 5 });
    let text = first;
    while (eventsOf(text).length < 1_000) text += new TextDecoder().decode((await reader.read()).value);
    expect(text).not.toMatch(/"finish_reason":"|\[DONE\]/);
    await reader.cancel();
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ outcome: "faulted", reason: "endless", aborted: true }]);
    expect((await chat(sandbox, "Hello")).json.choices).toHaveLength(1);
  });

  it("slow an answer down and leave it whole", async () => {
    await start();
    sandbox.fault({ kind: "slow", firstByteMs: 5, chunkDelayMs: 2 }, { times: 2 });
    expect((await chat(sandbox, "Hello")).json.usage.total_tokens).toBe(16);
    expect(eventsOf((await chat(sandbox, "Hello", { stream: true })).text).at(-1)).toBe("[DONE]");
    expect(sandbox.counts().faulted).toBe(2);
  });

  it("hold an answer until the promise settles, whether its client stays or leaves", async () => {
    await start();
    for (const [index, stream] of [false, true].entries()) {
      const release = Promise.withResolvers<void>();
      sandbox.fault({ kind: "hold", until: release.promise });
      const held = chat(sandbox, "Hello", { stream });
      await sandbox.received(3 * index + 1);
      expect(sandbox.running()).toBe(1);
      release.resolve();
      expect((await held).text).toMatch(stream ? /\[DONE\]\n\n$/ : /\}$/);

      const left = Promise.withResolvers<void>();
      sandbox.fault({ kind: "hold", until: left.promise });
      const abort = new AbortController();
      const body = { model: "gpt-4o-mini", stream, messages: [{ role: "user", content: "Hello" }] };
      const leaving = fetch(`${sandbox.baseURL}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify(body),
        signal: abort.signal,
      });
      await sandbox.received(3 * index + 2);
      abort.abort();
      await expect(leaving).rejects.toThrow();
      expect((await chat(sandbox, "Hello")).status).toBe(429);
      left.reject(new Error("any end of the promise will do"));
      await sandbox.idle();
    }
    expect(sandbox.counts()).toMatchObject({ received: 6, refused: 2, faulted: 4 });
    expect(sandbox.used()).toBe(4 * 16);
  });

  it("hold the rest of an answer after so many chunks", async () => {
    await start();
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise, afterChunks: 2 }, { times: 2 });
    const { reader, first } = await openStream(sandbox, {});
    let text = first;
    while (eventsOf(text).length < 2) text += new TextDecoder().decode((await reader.read()).value);
    expect(eventsOf(text)).toHaveLength(2);
    // A plain answer is held in its middle.
    const other = chat(sandbox, "Hello", {}, "another");
    await sandbox.received(2);
    expect(sandbox.running()).toBe(2);
    release.resolve();
    expect((await other).json.usage.total_tokens).toBe(16);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += new TextDecoder().decode(next.value);
    }
    expect(eventsOf(text).at(-1)).toBe("[DONE]");
    expect(sandbox.requests).toMatchObject([
      { outcome: "faulted", reason: "hold", apiTokens: 16, aborted: false },
      { outcome: "faulted", reason: "hold", apiTokens: 16, aborted: false },
    ]);
  });

  it("hold nothing any longer when the sandbox closes", async () => {
    await start();
    sandbox.fault({ kind: "hold", until: new Promise(() => {}), afterChunks: 1 });
    const { reader } = await openStream(sandbox, {});
    await sandbox.close();
    await expect(reader.read()).rejects.toThrow();
    expect(sandbox.running()).toBe(0);
  });

  it("wait for a request that is let in", async () => {
    await start();
    sandbox.fault({ kind: "cut" });
    expect((await chat(sandbox, "Hello", { max_tokens: 513 })).status).toBe(400);
    await expect(chat(sandbox, "Hello")).rejects.toThrow();
  });
});

describe("error bodies", () => {
  it("can all be printed as the documentation does", async () => {
    await start({ errorBodies: "published" });
    const { status, json } = await chat(sandbox, "Hello", { model: "unknown" });
    expect([status, json]).toEqual([404, undefined]);
  });
});
