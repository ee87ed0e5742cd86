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

describe("the headers of a request", () => {
  const own = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "user-agent": "laplas-core",
  };

  it("are the engine's own, with the key", () => {
    expect(requestHeaders({ apiKey: "key-1" })).toEqual({ ...own, authorization: "Bearer key-1" });
  });

  it("have no authorization without a key", () => expect(requestHeaders({ apiKey: "" })).toEqual(own));

  it("are the provider's too, which take no place but that of the name", () => {
    const headers = { "x-team": "blue", "user-agent": "own", authorization: "Bearer other", accept: "text/html" };
    expect(requestHeaders({ apiKey: "key-1", headers })).toEqual({
      ...own,
      "x-team": "blue",
      "user-agent": "own",
      authorization: "Bearer key-1",
    });
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
