import { expect, it, test } from "vitest";
import { ask, createPair } from "../testing/engine.js";
import { longText } from "../testing/sandbox.js";
import { continueAtCapFor } from "./continue-header.js";

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ "x-laplas-continue": "8" }, 8],
  [{ "x-laplas-continue": " 12 " }, 12],
  [{ "x-laplas-continue": "0" }, 0],
  [{ "x-laplas-continue": "100" }, 100],
])("%j: %s", (headers, count) => expect(continueAtCapFor(new Headers(headers))).toBe(count));

test.each(["", "-1", "1.5", "8, 8", "1e3", "0x8", "eight", "101", "9".repeat(40)])("%j is refused", async (value) => {
  const { laplas, sandbox } = await createPair();
  const response = await laplas.fetch("/chat/completions", {
    method: "POST",
    headers: { "x-laplas-continue": value },
    body: JSON.stringify(ask("Hello")),
  });
  const { headers } = response;
  expect([response.status, headers.get("x-laplas-code"), headers.get("x-should-retry")]).toEqual([
    400,
    "invalid_request",
    "false",
  ]);
  expect(await response.json()).toMatchObject({
    error: {
      param: "x-laplas-continue",
      message: expect.stringMatching(/^Header "x-laplas-continue" is .*, but must be a whole number from 0 to 100\.$/),
    },
  });
  expect(sandbox.counts().received).toBe(0);
});

test("what is no chat is not continued, whatever the header says", async () => {
  const { laplas } = await createPair();
  const body = JSON.stringify({ model: "text-embedding-3-small", input: "Hello" });
  const headers = { "x-laplas-continue": "often" };
  expect((await laplas.fetch("/embeddings", { method: "POST", headers, body })).status).toBe(200);
});

const TEXT = longText({ kind: "sentences", tokens: 900 });

it.each<[atCap: number, header: string | undefined, requests: number]>([
  [0, undefined, 1],
  [0, "8", 2],
  [8, undefined, 2],
  [8, "0", 1],
])("goes before the engine's option: %i and %j are %i requests", async (continueAtCap, header, requests) => {
  for (const stream of [false, true]) {
    const { laplas, sandbox } = await createPair({ continueAtCap });
    sandbox.write({ text: TEXT });
    const headers = new Headers(header === undefined ? [] : [["x-laplas-continue", header]]);
    const body = JSON.stringify(ask("Write", { stream }));
    const response = await laplas.fetch("/chat/completions", { method: "POST", headers, body });
    const text = await response.text();
    // Of a stream nobody knows with its head.
    const parts = stream || requests === 1 ? null : String(requests);
    expect(response.headers.get("x-laplas-parts")).toBe(parts);
    expect(response.headers.get("x-laplas-ended")).toBe(parts === null ? null : "complete");
    expect(response.headers.get("x-laplas-adjusted")).toBe(
      requests === 1 ? "max_tokens=512" : "max_tokens=512_per_request",
    );
    await sandbox.idle();
    expect([text.includes('"finish_reason":"stop"'), sandbox.counts().received]).toEqual([requests > 1, requests]);
  }
});
