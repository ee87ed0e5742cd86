import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { API_KEY } from "../testing/engine.js";
import { hideSecrets } from "./hide-secrets.js";
import { isLaplasError, isRetryable, stampRetryable } from "./laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "./limit-errors.js";
import { quote, withoutRetryWords } from "./quote.js";
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

describe("quote", () => {
  test.each<[unknown, string]>([
    ["gpt-4o", '"gpt-4o"'],
    ["two\nlines\u2028three\u0000", '"two lines three "'],
    [Number.NaN, '"NaN"'],
    [5n, '"5"'],
    [undefined, '"undefined"'],
    [{ a: 1 }, '"{"a":1}"'],
    ["Rate  Limit 429 exceeded", '"… … exceeded"'],
    ["42429 9", '"42… 9"'],
  ])("%o as %s", (value, text) => expect(quote(value)).toBe(text));

  it("is short, whatever comes", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    for (const value of ["x".repeat(1e7), loop, { toJSON: () => "y".repeat(1e6) }])
      expect(quote(value).length).toBeLessThan(90);
  });

  it("leaves no word that makes a host retry, in any text", () => {
    const piece = fc.constantFrom(
      "429",
      "4",
      "2",
      "29",
      "rate",
      "limit",
      " ",
      "_",
      "-",
      "timed",
      "out",
      "time",
      "too",
      "large",
      "context",
      "length",
      "window",
      "insufficient",
      "quota",
      "\n",
      "\u200b",
      "x",
    );
    const words = /429|rate[\s_-]*limit|timed[\s_-]*out|too[\s_-]*large|context[\s_-]*length|insufficient[\s_-]*quota/i;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(withoutRetryWords(pieces.join(""))).not.toMatch(words);
        expect(quote(pieces.join(""))).not.toMatch(words);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("hideSecrets", () => {
  const prompt = "the heron waits by the mill until the evening, and then it leaves";

  it("takes out the key, other keys and every longer piece of the prompt", () => {
    const said = `Key ${API_KEY} or sk-abcdefgh1234: "${prompt}" and "by the mill until the even"`;
    const shown = hideSecrets(said, API_KEY, [prompt]);
    expect(shown).toBe('Key [key] or [key]: "[prompt]" and "[prompt]"');
  });

  it("finds a prompt that was broken into lines, or is short", () => {
    expect(hideSecrets("bad: the heron waits by the\n mill", API_KEY, ["the heron\nwaits by the mill"])).toBe(
      "bad: [prompt]",
    );
    expect(hideSecrets('bad: "Hello!"', API_KEY, ["Hello!"])).toBe('bad: "[prompt]"');
  });

  it("leaves a message without them as it is, on one line, cut at 300 characters", () => {
    expect(hideSecrets("  Expected string,\n received number ", API_KEY, [prompt])).toBe(
      "Expected string, received number",
    );
    expect(hideSecrets("x".repeat(5_000), API_KEY, []).length).toBe(303);
  });

  test.each([
    ["one text", [10_000_000]],
    ["a thousand", Array<number>(1_000).fill(10_000)],
    ["a hundred thousand", Array<number>(100_000).fill(100)],
  ])("gets through 10 MB in %s", (_, lengths) => {
    const texts = lengths.map((length, index) =>
      `${index} lorem ipsum dolor sit amet, `.repeat(Math.ceil(length / 28)),
    );
    expect(hideSecrets("y".repeat(600), API_KEY, texts)).toBe(`${"y".repeat(300)}...`);
  });
});
