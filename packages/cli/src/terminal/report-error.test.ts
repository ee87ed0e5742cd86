import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { FatalLimitError, RetryableLimitError, UpstreamError } from "@laplas/core";
import { expect, test } from "vitest";
import { EXIT } from "./exit-codes.js";
import { reportError } from "./report-error.js";
import { createTerminal } from "./terminal.js";

function setup() {
  const stderr = new PassThrough();
  const own = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr,
    environment: {},
    events: new EventEmitter(),
  };
  const terminal = createTerminal({ ...own, cwd: () => "/" }, () => {});
  return { terminal, printed: (): string => String(stderr.read() ?? "") };
}

test.each<[Error, number, string]>([
  [
    new FatalLimitError("daily_quota", "Used up.", { resetsAt: new Date(Date.now() + 3_599_500) }),
    EXIT.later,
    "Used up. Again in 59 min 59 s (",
  ],
  [
    new FatalLimitError("daily_quota", "Used up. It will reset at 2026-03-11T00:00:02.503Z. Take another.", {
      resetsAt: new Date(Date.now() + 3_599_500),
    }),
    EXIT.later,
    "Used up. It will reset in 59 min 59 s (",
  ],
  [new RetryableLimitError("busy", "Try again in about 4 s.", { retryAfterMs: 4_000 }), EXIT.later, "in about 4 s.\n"],
  [new UpstreamError("unavailable", "In trouble.", { retryAfterMs: 1_200 }), EXIT.later, "In trouble. Again in 2 s.\n"],
  [new UpstreamError("unavailable", "In trouble."), EXIT.later, "In trouble. Try again in a minute.\n"],
  [
    new UpstreamError("network", "No way."),
    EXIT.later,
    "No way. laplas doctor looks for the cause. Try again in a minute.\n",
  ],
  [new FatalLimitError("model_not_on_tier", "Not here."), EXIT.failed, "laplas: Not here.\n"],
])("%o has a time where it is worth another try", (error, code, text) => {
  const { terminal, printed } = setup();
  expect(reportError(terminal, error, false)).toBe(code);
  const line = printed();
  expect(line).toContain(text);
  expect(line).not.toMatch(/\d{4}-\d\d|Again in .*Again|reset .*Again/);
});
