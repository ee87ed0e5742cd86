import { readFileSync } from "node:fs";
import { expect, it, test } from "vitest";
import { nodeFault } from "./node-fault.js";

test.each([
  ["20.20.2", false],
  ["22.15.1", false],
  ["22.16.0", true],
  ["23.0.0", true],
  ["24.21.0", true],
])("Node %s: taken: %s", (version, isTaken) => {
  expect(nodeFault(version)).toBe(
    isTaken ? undefined : `Node ${version} is too old. It needs Node 22.16 or later: https://nodejs.org/en/download`,
  );
});

it("asks for what the manifest does", () => {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { engines } = JSON.parse(manifest) as { engines: { node: string } };
  const least = engines.node.replace(">=", "");
  expect(nodeFault(`${least}.0`)).toBeUndefined();
  expect(nodeFault(least.replace(/\d+$/, (minor) => String(Number(minor) - 1)))).toContain(`Node ${least} or later`);
});
