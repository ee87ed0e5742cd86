import { expect, it, onTestFinished, vi } from "vitest";
import { createLogger } from "./create-logger.js";

/** What is written to stdout. */
function listen(): () => string {
  let written = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  return () => written;
}

it("writes a line for people: the time, the request, and what is not nothing", () => {
  const written = listen();
  const logger = createLogger("text");
  logger?.info(
    { method: "POST", path: "/v1/x", outcome: "answered", waitedMs: 0, adjusted: ["a=1", "b=2"], code: null },
    "call",
  );
  logger?.warn({ message: "careful" }, "warning");
  logger?.error({ error: "TypeError" }, "defect");
  expect(written().replace(/^\d\d:\d\d:\d\d/gm, "TIME")).toBe(
    "TIME call POST /v1/x outcome=answered adjusted=a=1,b=2\nTIME warn warning message=careful\nTIME ERROR defect error=TypeError\n",
  );
});

it("lets no control character of a caller's reach the terminal, of the old kind nor of the new", () => {
  const written = listen();
  createLogger("text")?.info({ model: "a\u001b[2Jb\u009b31mc\u007fd\ne" }, "call");
  expect(written()).toMatch(/^[^\p{Cc}]*\n$/u);
  expect(written()).toContain("\\u001b[2Jb\\u009b31mc\\u007fd\\ne");
});

it("writes nothing when it is off", () => {
  expect(createLogger("off")).toBeUndefined();
});
