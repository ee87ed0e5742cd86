import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { resolveGatewayOptions } from "../../gateway/src/gateway-options.js";
import { configNames, configSchema } from "./config/config-schema.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("shows a configuration that is one", () => {
  const [, block = ""] = /^```json\n([\s\S]*?)^```/m.exec(readme) ?? [];
  const config = configSchema.parse(JSON.parse(block));
  expect(() => resolveGatewayOptions({ laplas: {} as never, ...config })).not.toThrow();
});

it("names every option", () => {
  for (const name of configNames) if (name !== "$schema") expect(readme).toContain(`\`${name}\``);
});
