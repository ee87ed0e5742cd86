import type { ChatRequest, LaplasOptions } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { FAMILIES } from "../open-roomy.ts";
import { askLong } from "./ask-long.ts";
import { longTask } from "./kinds.ts";
import { bodiesAt, openLong } from "./open-long.ts";

const OFF = { continueAtCap: undefined } satisfies LaplasOptions;

/** The bytes of an answer at the door of `fetch`, without the id that the sandbox makes anew for each. */
async function bytesOf(
  options: LaplasOptions,
  request: ChatRequest,
): Promise<{ sent: string[]; got: string; headers: string[] }> {
  const { sandbox, laplas } = await openLong(options);
  const { draft } = longTask("sentences", String(request.model), "", 1, 1_100);
  sandbox.write(draft, { when: ({ body }) => JSON.stringify(body).includes("Write sentences.") });
  const response = await laplas.fetch("http://nobody.invalid/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify(request),
  });
  const got = (await response.text()).replaceAll(/chatcmpl-[0-9a-f-]{36}/g, "chatcmpl-of-the-test");
  const headers = [...response.headers.keys()].sort();
  return { sent: bodiesAt(sandbox).map((body) => JSON.stringify(body)), got, headers };
}

const requestsOf = (model: string): [string, ChatRequest][] => {
  const hello: ChatRequest = { model, messages: [{ role: "user", content: "Hello" }] };
  const long: ChatRequest = { model, messages: [{ role: "user", content: "Write sentences." }], max_tokens: 2_000 };
  return [
    ["a short answer", hello],
    ["a short answer, streamed", { ...hello, stream: true, stream_options: { include_usage: true } }],
    ["an answer that is cut", long],
    ["an answer that is cut, streamed", { ...long, stream: true }],
  ];
};

describe.each(Object.entries(FAMILIES))("of the family %s", (_, model) => {
  it.each(requestsOf(model))("%s is the same without the option and with 0", async (_, request) => {
    const without = await bytesOf(OFF, request);
    expect(await bytesOf({ continueAtCap: 0 }, request)).toEqual(without);
    expect(without.sent).toHaveLength(1);
  });

  it("a whole answer that is not cut is the same where answers are continued", async () => {
    const request: ChatRequest = { model, messages: [{ role: "user", content: "Hello" }] };
    const { sent, got } = await bytesOf(OFF, request);
    const long = await bytesOf({ continueAtCap: 8 }, request);
    expect(long.sent).toEqual(sent);
    expect(long.got).toBe(got);
  });

  it("a stream that is not cut has the same text where answers are continued, and asks for the same", async () => {
    const { sandbox, laplas } = await openLong({ continueAtCap: 8 });
    const request: ChatRequest = { model, messages: [{ role: "user", content: "Hello" }] };
    // White space waits for what follows it, so the pieces may be others.
    const long = await askLong(laplas, request, { stream: true });
    const short = await askLong(laplas, request, { stream: true, continueAtCap: 0 });
    expect(long).toMatchObject({ text: short.text, finishReason: short.finishReason, usage: short.usage });
    const [first, second] = bodiesAt(sandbox);
    expect(first).toEqual(second);
    expect(sandbox.requests).toHaveLength(2);
  });
});

it("a stream of the provider's own shape arrives as it was written", async () => {
  const { sandbox, laplas } = await openLong(OFF);
  const body = JSON.stringify({ ...requestsOf(FAMILIES.openai)[1]?.[1], max_tokens: 100 });
  const ask = (send: typeof fetch, url: string) =>
    send(url, { method: "POST", body, headers: { authorization: "Bearer a", "content-type": "application/json" } });
  const clean = async (response: Response): Promise<string> =>
    (await response.text()).replaceAll(/chatcmpl-[0-9a-f-]{36}/g, "").replaceAll(/,"(?:api_tokens|cost)":\d+/g, "");
  const direct = await clean(await ask(fetch, `${sandbox.baseURL}/chat/completions`));
  const passed = await clean(await ask(laplas.fetch, "http://nobody.invalid/v1/chat/completions"));
  const events = (text: string): string[] => text.split("\n\n").filter((event) => event.includes('"choices":[{'));
  expect(events(passed)).toEqual(events(direct));
});

it("an answer that is cut has no parts and no reason in its report", async () => {
  const { sandbox, laplas } = await openLong(OFF);
  const { draft, request } = longTask("sentences", FAMILIES.openai, "Write sentences.", 1, 1_100);
  sandbox.write(draft);
  const { finishReason, report } = await askLong(laplas, request);
  expect(finishReason).toBe("length");
  expect(report).toMatchObject({ truncatedByTier: true, attempts: 1 });
  expect(Object.keys(report)).not.toEqual(expect.arrayContaining(["parts"]));
  expect(Object.keys(report)).not.toEqual(expect.arrayContaining(["ended"]));
});

it("a call's own option goes before the engine's", async () => {
  const task = longTask("sentences", FAMILIES.openai, "Write sentences.", 1, 1_100);
  for (const [engine, call, requests] of [
    [8, 0, 1],
    [0, 8, 3],
    [undefined, 1, 2],
    [8, undefined, 3],
  ] as const) {
    const { sandbox, laplas } = await openLong({ continueAtCap: engine });
    sandbox.write(task.draft, { times: 2 });
    for (const stream of [false, true]) {
      const { length } = sandbox.requests;
      await askLong(laplas, task.request, { stream, continueAtCap: call });
      expect(sandbox.requests).toHaveLength(length + requests);
    }
  }
});
