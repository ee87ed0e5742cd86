import { ContextOverflowError } from "@langchain/core/errors";
import { FatalUpstreamError, isRetryable, UpstreamError } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { throwIfAborted, toDoorError } from "./door-error.js";

describe("toDoorError", () => {
  it("leaves errors as they are", () => {
    const { signal } = new AbortController();
    for (const error of [new UpstreamError("network", "Gone."), new Error("a bug"), "a text", undefined]) {
      expect(toDoorError(error)).toBe(error);
      expect(toDoorError(error, signal)).toBe(error);
    }
  });

  it("gives the reason of an abort, whatever was thrown because of it, and marks it as not to be retried", () => {
    const reason = new Error("changed my mind");
    const thrown = new UpstreamError("network", "The connection was closed.");
    expect(toDoorError(thrown, AbortSignal.abort(reason))).toBe(reason);
    expect(isRetryable(reason)).toBe(false);
    expect(toDoorError(thrown, AbortSignal.abort("a text"))).toBe("a text");
    const frozen = Object.freeze(new Error("frozen"));
    expect(toDoorError(thrown, AbortSignal.abort(frozen))).toBe(frozen);
  });

  it("makes LangChain's error of a context overflow, on which .withRetry() stops", () => {
    const overflow = new FatalUpstreamError("context_length", "The prompt is too long.");
    const error = toDoorError(overflow, new AbortController().signal);
    expect(ContextOverflowError.isInstance(error)).toBe(true);
    // p-retry, under .withRetry(), stops on a TypeError and on nothing else.
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "The prompt is too long.", cause: overflow });
  });
});

describe("throwIfAborted", () => {
  it("throws the reason, marked as not to be retried, and nothing without an abort", () => {
    const reason = new Error("changed my mind");
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(reason);
    expect(isRetryable(reason)).toBe(false);
    expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
    expect(() => throwIfAborted(undefined)).not.toThrow();
  });
});
