import { expect, it, onTestFinished, vi } from "vitest";
import { createLogger } from "./create-logger.js";

it("writes a line for people: the time, the request, and what is not nothing", () => {
  let written = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += text;
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  const logger = createLogger("text");
  logger?.info(
    { method: "POST", path: "/v1/x", outcome: "answered", waitedMs: 0, adjusted: ["a=1", "b=2"], code: null },
    "call",
  );
  logger?.warn({ message: "careful" }, "warning");
  logger?.error({ error: "TypeError" }, "defect");
  expect(written.replace(/^\d\d:\d\d:\d\d/gm, "TIME")).toBe(
    "TIME call POST /v1/x outcome=answered adjusted=a=1,b=2\nTIME warn warning message=careful\nTIME ERROR defect error=TypeError\n",
  );
});

it("writes nothing when it is off", () => {
  expect(createLogger("off")).toBeUndefined();
});
