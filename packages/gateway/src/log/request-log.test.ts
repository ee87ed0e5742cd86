import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { holdAnswer } from "../testing/hold-answer.js";
import { chat, openGateway, post } from "../testing/open-gateway.js";

it("has one line for a call that waits, which says how long", async () => {
  const { ask, laplas, sandbox, lines } = await openGateway();
  const waiting = Promise.withResolvers<void>();
  laplas.onEvent(({ type }) => type === "waiting" && waiting.resolve());
  const held = holdAnswer(sandbox);
  const first = ask("/v1/chat/completions", post(chat("Hello")));
  await held.arrived;
  const second = ask("/v1/chat/completions", post(chat("Hello")));
  await waiting.promise;
  // A wait is told in whole milliseconds, and one of less is none.
  await setTimeout(5);
  held.release();
  await Promise.all([first, second]);
  expect(lines.map(({ message }) => message)).toEqual(["call", "call"]);
  expect(lines.map(({ waitedMs }) => Number(waitedMs) > 0)).toEqual([false, true]);
});
