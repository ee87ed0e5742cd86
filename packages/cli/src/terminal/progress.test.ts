import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createOutput } from "./output.js";
import { createProgress } from "./progress.js";

const open = (more: object) => Object.assign(new PassThrough(), more);

it("is drawn over itself in a terminal, never wider than that, and taken away", () => {
  const stream = open({ isTTY: true, columns: 40 });
  const progress = createProgress(createOutput(stream, { NO_COLOR: "1" }));
  progress.show(1, 4, "1 of 4 texts and much more than there is room for");
  progress.show(0, 0, "");
  progress.clear();
  expect(String(stream.read())).toBe(
    `\r\u001b[K${"█".repeat(6)}${"░".repeat(18)}  25 %  1 of 4 \r\u001b[K${"█".repeat(24)} 100 %  \r\u001b[K`,
  );
});

it("is nothing where there is no terminal", () => {
  const stream = open({});
  const progress = createProgress(createOutput(stream, { FORCE_COLOR: "1" }));
  progress.show(1, 4, "one");
  progress.clear();
  expect(stream.read()).toBeNull();
});
