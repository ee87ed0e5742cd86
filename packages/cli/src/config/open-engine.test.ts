import { expect, test } from "vitest";
import { openShell } from "../testing/open-shell.js";

test.each(["timeoutMs", "deadlineMs"])("%s of the configuration is the engine's, which checks it", async (name) => {
  const shell = await openShell();
  shell.write("laplas.config.json", JSON.stringify({ [name]: 0 }));
  const { code, stderr } = await shell.run(["chat", "Hello"]);
  expect(code).not.toBe(0);
  expect(stderr).toContain(`Option "${name}" is "0", but must be from 1 to`);
  expect(shell.sandbox.counts().received).toBe(0);
});
