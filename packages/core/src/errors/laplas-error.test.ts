import { inspect } from "node:util";
import { describe, expect, it, test } from "vitest";
import { isLaplasError, isRetryable, stampRetryable } from "./laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "./limit-errors.js";
import { InvalidOptionsError, LedgerError } from "./setup-errors.js";
import { FatalUpstreamError, UpstreamError } from "./upstream-errors.js";

const errors = {
  RetryableLimitError: new RetryableLimitError("busy", "busy", { retryAfterMs: 2_000 }),
  FatalLimitError: new FatalLimitError("daily_quota", "spent", { resetsAt: new Date(0), rule: "daily" }),
  UpstreamError: new UpstreamError("unavailable", "down", { httpStatus: 503 }),
  FatalUpstreamError: new FatalUpstreamError("invalid_request", "wrong", { param: "n" }),
  InvalidOptionsError: new InvalidOptionsError("no key"),
  LedgerError: new LedgerError("broken"),
};

describe.each(Object.entries(errors))("%s", (name, error) => {
  it("carries the marks as own properties that are not printed", () => {
    for (const mark of ["laplas.error", "langchain.error", "langchain.errors.retryable"]) {
      const found = Object.getOwnPropertyDescriptor(error, Symbol.for(mark));
      expect(found?.value).toBe(mark.endsWith("retryable") ? error.retryable : true);
      expect(found?.enumerable).toBe(false);
    }
    expect(error.name).toBe(name);
    expect(Object.keys(error)).not.toContain("cause");
    expect(inspect(error)).not.toContain("Symbol(");
  });

  it("has no field that hosts would overrule the mark by", () => {
    expect(error).not.toHaveProperty("status");
    expect(error).not.toHaveProperty("statusCode");
  });

  it("stops p-retry if it is fatal: a TypeError", () => expect(error instanceof TypeError).toBe(!error.retryable));

  it("is known by its mark, from whichever copy", () => {
    const copy = Object.defineProperties(new Error(error.message), Object.getOwnPropertyDescriptors(error));
    expect(isLaplasError(copy)).toBe(true);
    expect(isLaplasError(Object.create(error))).toBe(false);
    for (const other of Object.values(errors)) {
      const type = error.constructor as unknown as typeof FatalLimitError;
      const isIt = other === error || (name === "UpstreamError" && other.name === "FatalUpstreamError");
      expect(type.isInstance(other)).toBe(isIt);
    }
  });
});

describe("details", () => {
  it("that are absent are absent, and a cause is not printed as a field", () => {
    expect(Object.keys(new UpstreamError("network", "x", { cause: new Error("y") }))).toEqual(
      ["name", "code", "retryable"].filter((key) => key in errors.UpstreamError),
    );
    expect(new UpstreamError("network", "x", { cause: "y" })).toHaveProperty("cause", "y");
    expect(errors.FatalLimitError).not.toHaveProperty("retryAfterMs");
  });
});

describe("isLaplasError and isRetryable", () => {
  test.each([null, undefined, "error", 5, {}, new Error("x"), { [Symbol.for("laplas.error")]: "yes" }])(
    "%o is none",
    (value) => {
      expect(isLaplasError(value)).toBe(false);
      expect(isRetryable(value)).toBeUndefined();
    },
  );

  it("follows causes, the nearest mark first", () => {
    const wrapped = new Error("middleware", { cause: new Error("inner", { cause: errors.UpstreamError }) });
    expect(isRetryable(wrapped)).toBe(true);
    expect(isRetryable(stampRetryable(new Error("x", { cause: errors.UpstreamError }), false))).toBe(false);
  });

  it("ends on causes in a circle", () => {
    const [one, other] = [new Error("one"), new Error("other")];
    one.cause = other;
    other.cause = one;
    expect(isRetryable(one)).toBeUndefined();
  });

  it("stamps what can be stamped, and leaves the rest as it is", () => {
    expect(stampRetryable("text", false)).toBe("text");
    const frozen = Object.freeze(new Error("x"));
    expect(stampRetryable(frozen, false)).toBe(frozen);
    const stamped = stampRetryable(stampRetryable(new Error("x"), true), false);
    expect(isRetryable(stamped)).toBe(false);
  });
});
