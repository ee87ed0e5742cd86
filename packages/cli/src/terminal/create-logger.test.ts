import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { createLogger } from "./create-logger.js";

it("writes a line for people: the time, the request, and what is not nothing", () => {
  const stream = new PassThrough();
  const logger = createLogger("text", stream);
  logger?.info(
    { method: "POST", path: "/v1/x", outcome: "answered", waitedMs: 0, adjusted: ["a=1", "b=2"], code: null },
    "call",
  );
  logger?.warn({ message: "careful" }, "warning");
  logger?.error({ error: "TypeError" }, "defect");
  expect(String(stream.read()).replace(/^\d\d:\d\d:\d\d/gm, "TIME")).toBe(
    "TIME call POST /v1/x outcome=answered adjusted=a=1,b=2\nTIME warn message=careful\nTIME ERROR defect error=TypeError\n",
  );
});

it("lets no control character of a caller's reach the terminal, of the old kind nor of the new", () => {
  const stream = new PassThrough();
  createLogger("text", stream)?.info({ model: "a\u001b[2Jb\u009b31mc\u007fd\ne" }, "call");
  const written = String(stream.read());
  expect(written).toMatch(/^[^\p{Cc}]*\n$/u);
  expect(written).toContain("\\u001b[2Jb\\u009b31mc\\u007fd\\ne");
});

it("writes JSON into a stream, and past it where that is a file of the system's", async () => {
  const stream = new PassThrough();
  createLogger("json", stream)?.info({ url: "u" }, "listening");
  expect(JSON.parse(String(stream.read()))).toMatchObject({ msg: "listening", url: "u", level: 30 });

  const path = join(tmpdir(), `laplas-log-${process.pid}`);
  const fd = openSync(path, "w");
  onTestFinished(() => {
    closeSync(fd);
    rmSync(path);
  });
  const file = Object.assign(new PassThrough(), { fd });
  createLogger("json", file)?.warn({}, "to the file");
  await expect.poll(() => readFileSync(path, "utf8")).toMatch(/"msg":"to the file"}\n$/);
  expect(file.read()).toBeNull();
});

it("writes nothing when it is off", () => {
  expect(createLogger("off", new PassThrough())).toBeUndefined();
});
