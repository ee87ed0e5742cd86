import { describe, expect, it } from "vitest";
import { leaveOutFields } from "./chat-keys.js";

const messages = [
  { role: "user", content: "Hello", name: "ann" },
  { role: "user", content: "Are you there?" },
];

describe("root fields", () => {
  const keys = { taken: ["model", "messages"], off: [] };

  it("that the caller sent are reported, those that the engine set are not", () => {
    const body = { model: "m", messages, seed: 7, user: "u", stream_options: { include_usage: true } };
    const asked = { seed: 7, user: null, stream_options: { include_usage: true } };
    expect(leaveOutFields(body, keys, asked, "m")).toEqual({
      body: { model: "m", messages },
      adjustments: [{ field: "seed", to: "seed=removed", rule: "dialect", changesAnswer: true }],
    });
  });

  it("whose loss would change the meaning are refused", () => {
    const body = { model: "m", messages, logprobs: true };
    expect(() => leaveOutFields(body, keys, { logprobs: true }, "m")).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "logprobs" }),
    );
  });
});

it("takes keys off the messages that have them, and leaves the other messages as they are", () => {
  const given = { model: "m", messages, seed: 7 };
  const { body, adjustments } = leaveOutFields(given, { taken: undefined, off: ["name"] }, given, "m");
  expect(body).toEqual({ ...given, messages: [{ role: "user", content: "Hello" }, messages[1]] });
  expect((body.messages as unknown[])[1]).toBe(messages[1]);
  expect(adjustments).toEqual([{ field: "messages", to: "messages=plain_keys", rule: "dialect" }]);
  expect(given.messages[0]).toHaveProperty("name");
});

it("returns a body without any of them as it is", () => {
  const given = { model: "m", messages };
  const result = leaveOutFields(given, { taken: ["model", "messages"], off: ["reasoning_content"] }, given, "m");
  expect(result.body).toBe(given);
  expect(result.adjustments).toEqual([]);
});
