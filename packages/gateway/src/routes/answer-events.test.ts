import type { LaplasOptions } from "@laplas/core";
import { expect, it, test } from "vitest";
import type { Feed, FeedUpdate, Watcher } from "../recent/feed.js";
import { chat, openGateway, post } from "../testing/open-gateway.js";
import { answerEvents } from "./answer-events.js";

/** The updates of a stream, one by one. */
function updatesOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next(): Promise<FeedUpdate> {
      for (;;) {
        const match = /^(?::[^\n]*\n\n)*data: (.*)\n\n/.exec(text);
        if (match !== null) {
          text = text.slice(match[0].length);
          return JSON.parse(match[1] ?? "") as FeedUpdate;
        }
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    },
    async until(is: (update: FeedUpdate) => boolean): Promise<FeedUpdate> {
      for (;;) {
        const update = await this.next();
        if (is(update)) return update;
      }
    },
    leave: () => reader?.cancel(),
  };
}

it("tells that further requests continue an answer, where the engine does so", async () => {
  const words = async (options: LaplasOptions) => {
    const { ask } = await openGateway({}, options);
    const updates = updatesOf(await ask("/v1/events"));
    const { about } = await updates.next();
    await updates.leave();
    return about?.tier.rules.find(({ id }) => id === "output_tokens")?.more;
  };
  expect(await words({ continueAtCap: 8 })).toContain("Up to 8 further requests continue a longer answer.");
  expect(await words({})).toContain("More is lowered to that.");
});

it("tells the account, then a call that somebody else makes, with its reason if it is refused", async () => {
  const clients = [{ name: "alice", token: "token-of-alice-91c2" }];
  const { ask } = await openGateway({ clients });
  const headers = { authorization: "Bearer token-of-alice-91c2" };
  const response = await ask("/v1/events", { headers });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
  const updates = updatesOf(response);
  expect(await updates.next()).toMatchObject({
    about: { tier: { name: "free" }, playground: null, shows_prompts: false },
    quota: { windows: [{ left: 50_000 }] },
    calls: [],
    hours: [],
  });
  await ask("/v1/chat/completions", post(chat("A secret"), headers));
  const answered = await updates.until(({ calls }) => calls !== undefined);
  expect(answered.calls).toMatchObject([
    {
      client: "alice",
      model: "gpt-4o-mini",
      outcome: "answered",
      surface: "api",
      adjusted: [{ to: "max_tokens=512", rule: "output_tokens" }],
      prompt: null,
    },
  ]);
  expect(answered.hours).toMatchObject([{ calls: 1 }]);
  expect(JSON.stringify(answered)).not.toContain("secret");

  const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
  await ask("/v1/chat/completions", post(chat("x", { messages: [{ role: "user", content: [image] }] }), headers));
  const refused = await updates.until(({ calls }) => calls?.some(({ message }) => message !== null) === true);
  expect(refused.calls?.at(-1)).toMatchObject({
    outcome: "refused",
    code: "image_input",
    rule: "image_input",
    message: expect.stringMatching(/image_url.*Take it out/),
  });
  await updates.leave();
});

it("tells prompts only where the operator turned that on", async () => {
  const { ask } = await openGateway({ showPrompts: true });
  await ask("/v1/chat/completions", post(chat("What is a tide?")));
  const updates = updatesOf(await ask("/v1/events"));
  const first = await updates.next();
  expect(first.about?.shows_prompts).toBe(true);
  expect(first.calls).toMatchObject([{ prompt: "What is a tide?", outcome: "answered" }]);
  await updates.leave();
});

it("asks for a token as everything does", async () => {
  const { ask } = await openGateway({ clients: [{ name: "alice", token: "token-of-alice-91c2" }] });
  for (const path of ["/v1/events", "/v1/calls-left", "/playground/v1/quota"])
    expect((await ask(path)).status).toBe(401);
  expect((await ask("/v1/events?token=token-of-alice-91c2")).status).toBe(401);
});

test.each(["cross-site", "same-site"])("opens no stream for what a page of another origin embeds: %s", async (site) => {
  const { ask } = await openGateway();
  const response = await ask("/v1/events", { headers: { "sec-fetch-site": site } });
  expect(response.status).toBe(403);
});

it("ends when the gateway stops", async () => {
  const { ask, gateway } = await openGateway();
  const updates = updatesOf(await ask("/v1/events"));
  await updates.next();
  gateway.stop();
  await expect(updates.next()).rejects.toThrow("the stream ended");
});

it("lets a watcher go that does not read, and one that leaves", async () => {
  const watchers: Watcher[] = [];
  let left = 0;
  const feed: Feed = {
    async watch(watcher) {
      watchers.push(watcher);
      return () => {
        left += 1;
      };
    },
    end() {},
  };
  const request = new Request("http://127.0.0.1/v1/events");
  await answerEvents(feed, request);
  const problem = "x".repeat(100_000);
  for (let index = 0; index < 9; index += 1) watchers[0]?.update({ now: "", problem });
  expect(left).toBe(0);
  for (let index = 0; index < 9; index += 1) watchers[0]?.update({ now: "", problem });
  expect(left).toBe(1);
  const response = await answerEvents(feed, request);
  await response.body?.cancel();
  watchers[1]?.update({ now: "" });
  watchers[1]?.end();
  expect(left).toBe(2);
});

it("says so when too many watch", async () => {
  const feed: Feed = { watch: async () => undefined, end() {} };
  const response = await answerEvents(feed, new Request("http://127.0.0.1/v1/events"));
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: "too_many_watchers" } });
});
