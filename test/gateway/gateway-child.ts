import { createLaplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import type { GatewaySettings } from "./open-gateway.ts";

/**
 * A gateway in a process of its own, as `laplas serve` runs one, so that its memory can be read and its crash be seen. The
 * settings come as JSON; its log goes to stdout.
 */
const settings = JSON.parse(process.argv[2] ?? "{}") as GatewaySettings;
const write = (fields: object, message: string): void =>
  void process.stdout.write(`${JSON.stringify({ ...fields, message })}\n`);
const laplas = createLaplas(settings.engine);
const gateway = createGateway({ laplas, logger: { info: write, warn: write, error: write }, ...settings.gateway });
const server = await listen(gateway, { port: 0, replaceGlobals: true, ...settings.listen });

process.on("message", (question) => {
  if (question === "memory") {
    globalThis.gc?.();
    process.send?.({ memory: process.memoryUsage() });
  }
});
process.on("disconnect", () => process.exit());
process.send?.({ url: server.url });
