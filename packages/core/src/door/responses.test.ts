import { createParser } from "eventsource-parser";
import { describe, expect, it, test } from "vitest";
import type { JsonObject } from "../request/wire-types.js";
import { createPair, createTestEngine, meeting } from "../testing/engine.js";
import { chunk, eventStream, serve } from "../testing/server.js";

const PATH = "https://api.openai.com/v1/responses";
const SEA = "Write 20 words about the sea";
const PICTURE = "data:image/png;base64,iVBORw0KGgo=";

function post(fields: object, init: RequestInit = {}): RequestInit {
  return { method: "POST", body: JSON.stringify({ model: "gpt-4o-mini", input: "Hello", ...fields }), ...init };
}

interface Response200 extends JsonObject {
  readonly output: readonly JsonObject[];
  readonly usage: JsonObject;
}

interface Event extends JsonObject {
  readonly type: string;
  readonly response?: Response200;
}

function eventsIn(text: string): Event[] {
  const events: Event[] = [];
  const onEvent = ({ event, data }: { event?: string | undefined; data: string }): void => {
    const parsed = JSON.parse(data) as Event;
    expect(event).toBe(parsed.type);
    events.push(parsed);
  };
  createParser({ onEvent }).feed(text);
  return events;
}

const evidence = { source: "test", date: "2026-01-01", status: "assumed" } as const;
const period = { type: "day" } as const;
const day = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 16, period, evidence } as const;
const dayOf16 = { name: "small", title: "laplas free tier", extends: "free", rules: [day] } as const;

describe("POST /responses", () => {
  it("answers by a chat, in items, its story in headers", async () => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(PATH, post({ tools: [{ type: "web_search" }], truncation: "auto" }));
    expect([response.status, response.headers.get("x-laplas-api-tokens")]).toEqual([200, "16"]);
    expect(response.headers.get("x-laplas-adjusted")).toBe(
      "truncation=removed, tools=without_web_search, max_tokens=512",
    );
    expect(await response.json()).toMatchObject({
      object: "response",
      status: "completed",
      output: [{ type: "message", content: [{ type: "output_text", text: expect.stringContaining("Hello there!") }] }],
      usage: { input_tokens: 8, output_tokens: 10, total_tokens: 18, api_tokens: 16 },
    });
    expect(sandbox.requests[0]).toMatchObject({ path: "/v1/chat/completions" });
    expect(sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("streams named events, with the usage in the last, and no [DONE]", async () => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(PATH, post({ input: SEA, stream: true }));
    const text = await response.text();
    expect(text).not.toContain("[DONE]");
    const events = eventsIn(text);
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"]);
    const deltas = events.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas.length).toBeGreaterThan(5);
    const last = events.at(-1);
    expect(last).toMatchObject({
      type: "response.completed",
      response: { usage: { total_tokens: expect.any(Number) } },
    });
    const said = deltas.map(({ delta }) => delta).join("");
    expect(last?.response?.output).toMatchObject([{ content: [{ text: said }] }]);
    expect(said).toContain("sea");
  });

  test.each([
    "gpt-4o-mini",
    "claude-3-5-sonnet-20241022",
    "gemini-2.0-flash",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "o1",
  ])("%s answers, whole and streamed, with instructions in the middle of the history", async (model) => {
    const { laplas, sandbox } = await createPair();
    const input = [
      { role: "developer", content: "Be short." },
      { role: "user", content: "Hello" },
      { role: "assistant", content: [{ type: "output_text", text: "Hi." }] },
      { role: "developer", content: "Be friendly." },
      { role: "user", content: "Hello" },
    ];
    const whole = await laplas.fetch(PATH, post({ model, input }));
    expect([whole.status, ((await whole.json()) as Response200).status]).toEqual([200, "completed"]);
    const events = eventsIn(await (await laplas.fetch(PATH, post({ model, input, stream: true }))).text());
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { output: [{ type: "message" }] } });
    expect(sandbox.counts().refused).toBe(0);
  });

  it("is incomplete where the tier's limit or the client's cuts it", async () => {
    const { laplas } = await createPair();
    const fields = { input: "Write 60 words about the sea", max_output_tokens: 16 };
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    expect(await (await laplas.fetch(PATH, post(fields))).json()).toMatchObject(cut);
    const events = eventsIn(await (await laplas.fetch(PATH, post({ ...fields, stream: true }))).text());
    expect(events.at(-1)).toMatchObject({ type: "response.incomplete", response: cut });
  });

  it("continues a cut answer where the caller asks for that", async () => {
    const { laplas } = await createPair();
    const headers = { "x-laplas-continue": "8" };
    const response = await laplas.fetch(PATH, post({ input: "Write 900 words about the sea" }, { headers }));
    expect(Number(response.headers.get("x-laplas-parts"))).toBeGreaterThan(1);
    expect(await response.json()).toMatchObject({ status: "completed", incomplete_details: null });
  });

  it("puts earlier items in the place of references, for the same client alone", async () => {
    const { laplas } = await createPair();
    const as = (authorization: string) => ({ headers: { authorization } });
    const first = (await (await laplas.fetch(PATH, post({}, as("Bearer a")))).json()) as Response200;
    const streamed = eventsIn(await (await laplas.fetch(PATH, post({ stream: true }, as("Bearer a")))).text());
    for (const id of [first.output[0]?.id, streamed.at(-1)?.response?.output[0]?.id]) {
      const input = [
        { role: "user", content: "Hello" },
        { type: "item_reference", id },
        { role: "user", content: "Go on" },
      ];
      expect((await laplas.fetch(PATH, post({ input }, as("Bearer a")))).status).toBe(200);
      const other = await laplas.fetch(PATH, post({ input }, as("Bearer b")));
      expect(other.status).toBe(400);
      expect(await other.json()).toMatchObject({
        error: { param: "input[1].id", message: expect.stringContaining('"store": false') },
      });
    }
  });

  it("says of a used-up day that it is one, in seconds since 1970", async () => {
    const { laplas, sandbox } = await createPair({ tier: dayOf16 });
    await laplas.fetch(PATH, post({}));
    const response = await laplas.fetch(PATH, post({ stream: true }));
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([429, "false"]);
    const resetsAt = Date.parse(response.headers.get("x-laplas-resets-at") ?? "") / 1_000;
    expect(await response.json()).toMatchObject({
      error: { type: "usage_limit_reached", code: "free_tier_daily_quota", resets_at: Math.ceil(resetsAt) },
    });
    expect(sandbox.counts().received).toBe(1);
    const asked = await laplas.fetch(PATH, post({}, { headers: { "x-laplas-quota-status": "400" } }));
    expect(asked.status).toBe(400);
  });

  it("names the item that holds a picture", async () => {
    const { laplas, sandbox } = await createPair();
    const input = [
      { role: "user", content: "Look" },
      { type: "reasoning", id: "rs_1", summary: [] },
      { type: "function_call", call_id: "a", name: "view_image", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: [{ type: "input_image", image_url: PICTURE }] },
    ];
    const response = await laplas.fetch(PATH, post({ input }));
    expect(await response.json()).toMatchObject({
      error: {
        code: "free_tier_image_input",
        param: "input[3].output",
        message: expect.stringContaining("input[3] holds"),
      },
    });
    expect([response.status, sandbox.counts().received]).toEqual([400, 0]);
  });

  test.each<[object, string]>([
    [{ previous_response_id: "resp_1" }, "previous_response_id"],
    [{ background: true }, "background"],
    [{ input: [{ type: "function_call_output", call_id: "a", output: "b" }] }, "input[0].call_id"],
    [{ model: 5 }, "model"],
    [{ reasoning: { effort: "hardest" } }, "reasoning.effort"],
    [{ tools: [{ type: "web_search" }], tool_choice: { type: "web_search" } }, "tool_choice"],
  ])("%j: a 400 that names the field, and nothing is sent", async (fields, param) => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(PATH, post(fields));
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", param } });
    expect([response.status, sandbox.counts().received]).toEqual([400, 0]);
  });

  test.each(["[]", '"Hello"', "null", "{"])("%s is no request", async (body) => {
    const { laplas } = await createPair();
    expect((await laplas.fetch(PATH, { method: "POST", body })).status).toBe(400);
  });

  it("fails as the protocol says where the stream breaks, with the item that had begun unclosed", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(eventStream(chunk("Hel")));
      setImmediate(() => response.destroy());
    });
    const { laplas } = createTestEngine(url);
    const events = eventsIn(await (await laplas.fetch(PATH, post({ stream: true }))).text());
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      sequence_number: events.length - 1,
      response: { status: "failed", error: { code: "server_error", message: expect.stringMatching(/./) } },
    });
    expect(events.filter(({ type }) => /completed|incomplete/.test(type))).toEqual([]);
  });

  it("rejects with the caller's reason, and hears of a reader who leaves", async () => {
    const { laplas, sandbox } = await createPair();
    const controller = new AbortController();
    const running = meeting(sandbox, { kind: "stall" });
    const asked = laplas.fetch(PATH, post({ stream: true }, { signal: controller.signal }));
    await running;
    controller.abort(new Error("the caller left"));
    await expect(asked.then((response) => response.text())).rejects.toThrow("the caller left");
  });

  it("ends a call whose reader leaves while the upstream is silent", async () => {
    const left = Promise.withResolvers<void>();
    let end = (): void => {};
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(eventStream(chunk("Hel")));
      end = () => response.end(eventStream(chunk("lo", "stop"), "[DONE]"));
    });
    const { laplas } = createTestEngine(url, {
      onEvent: (event) => {
        if (event.type === "call" && event.outcome === "aborted") left.resolve();
      },
    });
    const response = await laplas.fetch(PATH, post({ stream: true }));
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("response.created");
    await reader?.cancel();
    // It is read on for its cost.
    end();
    await left.promise;
  });
});

describe("what Responses have beside answers", () => {
  test.each([
    ["GET", "/v1/responses/resp_1"],
    ["DELETE", "/v1/responses/resp_1"],
    ["POST", "/v1/responses/resp_1/cancel"],
    ["GET", "/v1/responses/resp_1/input_items"],
  ])("%s %s: a 400 that says what is kept", async (method, path) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(`http://x${path}`, { method });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "response_not_stored", message: expect.stringMatching(/not stored.*item_reference/) },
    });
  });

  it("tells a client that asks for a WebSocket to use HTTP", async () => {
    const { laplas } = await createPair();
    const headers = { connection: "Upgrade", upgrade: "WebSocket" };
    expect((await laplas.fetch(PATH, { headers })).status).toBe(426);
    expect((await laplas.fetch(PATH)).status).toBe(405);
    expect((await laplas.fetch("http://x/v1/chat/completions", { headers })).status).toBe(405);
  });
});
