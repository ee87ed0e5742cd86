import { expect, test } from "vitest";
import { EXIT, exitCodeOf } from "./exit-codes.js";

test.each([
  [{ code: "invalid_options", retryable: false }, EXIT.misuse],
  [{ code: "busy", retryable: true }, EXIT.later],
  [{ code: "daily_quota", retryable: false, resetsAt: new Date() }, EXIT.later],
  [{ code: "image_input", retryable: false }, EXIT.failed],
] as const)("%o: %i", (error, code) => expect(exitCodeOf(error)).toBe(code));
