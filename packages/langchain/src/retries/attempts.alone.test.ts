/* How many requests one call sends to an upstream that is down, as the README says: layers of retries multiply. */
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import { expect, it } from "vitest";
import type { ChatLaplas } from "../chat/chat-laplas.js";
import { openWorld, rejection } from "../testing/open-world.js";
import { shortenWaits } from "../testing/shorten-waits.js";

shortenWaits();

const twice = { stopAfterAttempt: 2 };

it.each<[name: string, requests: number, call: (model: ChatLaplas) => Promise<unknown>]>([
  ["the engine alone", 3, (model) => model.invoke("Hello")],
  ["the engine inside .withRetry()", 6, (model) => model.withRetry(twice).invoke("Hello")],
  [
    "the engine inside an AsyncCaller",
    6,
    (model) => new AsyncCaller({ maxRetries: 1 }).call(() => model.invoke("Hello")),
  ],
  ["the engine once inside .withRetry()", 2, (model) => model.withRetry(twice).invoke("Hello", { maxRetries: 0 })],
  [
    "a binding without retries inside .withRetry()",
    2,
    (model) => model.withConfig({ maxRetries: 0 }).withRetry(twice).invoke("Hello"),
  ],
])("%s sends %i requests", async (_, requests, call) => {
  const { chat, sandbox } = await openWorld();
  sandbox.fault({ kind: "serverError", status: 503 }, { times: 20 });
  expect(await rejection(call(chat()))).toMatchObject({ code: "unavailable" });
  expect(sandbox.counts().received).toBe(requests);
});

it("a model without retries inside .withRetry() sends 2 requests", async () => {
  const { chat, sandbox } = await openWorld();
  sandbox.fault({ kind: "serverError", status: 503 }, { times: 20 });
  const model = chat({ maxRetries: 0 }).withRetry(twice);
  expect(await rejection(model.invoke("Hello"))).toMatchObject({ code: "unavailable" });
  expect(sandbox.counts().received).toBe(2);
});
