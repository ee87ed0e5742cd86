import { expect, it, test } from "vitest";
import { createPair } from "../testing/engine.js";
import { quotaStatusFor } from "./quota-status.js";

test.each<[Record<string, string>, number]>([
  [{}, 429],
  [{ "user-agent": "OpenAI/JS 7.0.0" }, 429],
  [{ "user-agent": "opencode/1.18.33 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.14" }, 400],
  [{ "user-agent": "my-opencode-proxy 1" }, 429],
  [{ "x-laplas-quota-status": "400" }, 400],
  [{ "x-laplas-quota-status": " 400 " }, 400],
  [{ "user-agent": "opencode/1.18.33", "x-laplas-quota-status": "429" }, 429],
  // A wrong hint fails no call.
  [{ "x-laplas-quota-status": "403" }, 429],
  [{ "user-agent": "opencode/1.18.33", "x-laplas-quota-status": "" }, 400],
])("%j: %i", (headers, status) => {
  expect(quotaStatusFor(new Headers(headers))).toBe(status);
});

const evidence = { source: "test", date: "2026-01-01", status: "assumed" } as const;
const period = { type: "day" } as const;
const day = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 16, period, evidence } as const;
const tier = { name: "small", title: "laplas free tier", extends: "free", rules: [day] } as const;
const messages = [{ role: "user", content: "Hello" }];

it("a used-up day has the status that the caller reads, with the same code, pause and sentence", async () => {
  const { laplas, sandbox } = await createPair({ tier, now: () => Date.parse("2026-03-10T12:00:00.500Z") });
  const ask = (headers: Record<string, string>): Promise<Response> =>
    laplas.fetch("/chat/completions", {
      method: "POST",
      headers,
      body: JSON.stringify({ model: "gpt-4o-mini", messages }),
    });
  await ask({});
  const [usual, asked] = await Promise.all([ask({}), ask({ "x-laplas-quota-status": "400" })]);
  expect([usual.status, asked.status]).toEqual([429, 400]);
  const [{ error: told }, { error }] = (await Promise.all([usual.json(), asked.json()])) as {
    error: { message: string };
  }[] as [{ error: object }, { error: object }];
  expect(error).toEqual({ ...told, type: "invalid_request_error" });
  for (const name of ["x-should-retry", "x-laplas-code", "x-laplas-rule", "x-laplas-resets-at", "retry-after"]) {
    expect([name, asked.headers.get(name)]).toEqual([name, usual.headers.get(name)]);
  }
  expect(sandbox.counts().received).toBe(1);
});
