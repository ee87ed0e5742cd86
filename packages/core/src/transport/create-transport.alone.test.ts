import { afterEach, describe, expect, it, vi } from "vitest";
import { createTestEngine } from "../testing/engine.js";
import { serve } from "../testing/server.js";

/** Whether the platform's `fetch` sent a request: undici's own interface does not say what it is for. */
async function isFetched(): Promise<boolean> {
  let fetched = false;
  const url = await serve((request, response) => {
    fetched = "sec-fetch-mode" in request.headers;
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ choices: [{ message: { role: "assistant", content: "Hello" } }], usage: {} }));
  });
  const { laplas } = createTestEngine(url);
  await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
  return fetched;
}

describe("requests", () => {
  afterEach(() => vi.doUnmock("#undici"));

  it("are undici's on Node", async () => {
    expect(await isFetched()).toBe(false);
  });

  // No test brings Bun and a bundler of its own along: these are what "undici" is there, and in a bundle for workers.
  it.each([
    ["Bun, whose undici has no dispatch", { Agent: class {} }],
    ["a platform without undici", {}],
  ])("are the platform's fetch on %s", async (_, undici) => {
    vi.doMock("#undici", () => ({ Agent: undefined, ...undici }));
    expect(await isFetched()).toBe(true);
  });
});
