import { describe, expect, it, test } from "vitest";
import { givenUp, requestHeaders, TransportError, toJson } from "./transport.js";

describe("a body as it is sent", () => {
  it("is JSON", () => {
    expect(toJson({ model: "m", n: 0, stop: null })).toBe('{"model":"m","n":0,"stop":null}');
  });

  const loop: { self?: unknown } = {};
  loop.self = loop;
  test.each([
    ["a big integer", { seed: 5n }],
    ["an object that holds itself", loop],
  ])("that holds %s is the caller's mistake", (_, body) => {
    expect(() => toJson(body)).toThrow(
      expect.objectContaining({ code: "invalid_request", message: expect.stringMatching(/JSON/) }),
    );
  });
});

test("the headers of a request are the engine's own, with the key", () => {
  expect(requestHeaders("key-1")).toEqual({
    authorization: "Bearer key-1",
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "user-agent": "laplas-core",
  });
});

test("a transport's error has a kind, and may have a cause", () => {
  const cause = new Error("reset");
  expect(new TransportError("broken", "it broke", { cause })).toMatchObject({
    name: "TransportError",
    kind: "broken",
    message: "it broke",
    cause,
  });
});

test("a request that was given up failed as its signal says, or was left", () => {
  const late = new TransportError("timeout", "late");
  expect(givenUp(AbortSignal.abort(late))).toBe(late);
  for (const signal of [AbortSignal.abort(), AbortSignal.abort("left"), AbortSignal.abort(new Error("left"))]) {
    expect(givenUp(signal)).toMatchObject({ kind: "aborted", message: "the request was given up" });
  }
});
