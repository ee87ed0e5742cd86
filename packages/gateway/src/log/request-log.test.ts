import { expect, it } from "vitest";
import { holdAnswer } from "../testing/hold-answer.js";
import { chat, openGateway, post } from "../testing/open-gateway.js";

it("has one line for a call that waits, which says how long", async () => {
  let at = Date.parse("2026-03-10T12:00:00.000Z");
  const { ask, laplas, sandbox, lines } = await openGateway({}, { now: () => at });
  const waiting = Promise.withResolvers<void>();
  laplas.onEvent(({ type }) => type === "waiting" && waiting.resolve());
  const held = holdAnswer(sandbox);
  const first = ask("/v1/chat/completions", post(chat("Hello")));
  await held.arrived;
  const second = ask("/v1/chat/completions", post(chat("Hello")));
  await waiting.promise;
  at += 1_200;
  held.release();
  await Promise.all([first, second]);
  expect(lines.map(({ message }) => message)).toEqual(["call", "call"]);
  expect(lines.map(({ waitedMs }) => waitedMs ?? 0)).toEqual([0, 1_200]);
});
