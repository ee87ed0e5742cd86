import { describe, expect, it } from "vitest";
import { ask, createPair, createTestEngine } from "../testing/engine.js";
import { createGate } from "../testing/gate.js";
import { serve } from "../testing/server.js";

const CHAT = "http://x/v1/chat/completions";

function post(body: object): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

describe("x-request-id, on every answer", () => {
  it("is the upstream's where it gives one, and the event has the same", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "x-request-id": "upstream-7" });
      response.end(JSON.stringify({ choices: [{ message: { content: "Hi" } }], usage: { total_tokens: 1 } }));
    });
    const { laplas, events } = createTestEngine(url);
    const response = await laplas.fetch(CHAT, post(ask("Hello")));
    expect(response.headers.get("x-request-id")).toBe("upstream-7");
    expect(events).toMatchObject([{ type: "call", requestId: "upstream-7" }]);
  });

  it("is one of ours elsewhere, again the event's", async () => {
    const { laplas, events } = await createPair();
    for (const [path, body] of [
      ["chat/completions", ask("Hello")],
      ["chat/completions", ask("Hello", { stream: true })],
      ["chat/completions", ask("Hello", { model: "nope" })],
      ["embeddings", { model: "text-embedding-3-small", input: "Hello" }],
    ] as const) {
      const response = await laplas.fetch(`http://x/v1/${path}`, post(body));
      await response.text();
      const id = response.headers.get("x-request-id");
      expect(id).toMatch(/^[\da-f-]{36}$/);
      expect(events.at(-1)).toMatchObject({ type: "call", requestId: id });
    }
    for (const path of ["models", "models/gpt-4o", "nowhere"]) {
      expect((await laplas.fetch(`http://x/v1/${path}`)).headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it("is the caller's in process, if there is one", async () => {
    const { laplas, events } = await createPair();
    const { laplas: report } = await laplas.chat(ask("Hello"), { requestId: "mine" });
    expect([report.requestId, events.at(-1)]).toMatchObject(["mine", { requestId: "mine" }]);
  });
});

describe("a full queue", () => {
  it("answers busy at once, and the calls that wait are answered", async () => {
    const gate = createGate();
    const { laplas, sandbox } = await createPair({ maxQueue: 2, fetch: gate.fetch });
    const first = laplas.chat(ask("one"));
    await gate.reached;
    const waiting = [laplas.chat(ask("two")), laplas.chat(ask("three"))];
    const response = await laplas.fetch(CHAT, post(ask("four")));
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(2);
    expect(response.headers.get("x-should-retry")).toBe("true");
    expect(await response.json()).toMatchObject({
      error: { code: "free_tier_busy", message: expect.stringMatching(/2 calls wait already.*"maxQueue"/) },
    });
    gate.open();
    await Promise.all([first, ...waiting]);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });
});
