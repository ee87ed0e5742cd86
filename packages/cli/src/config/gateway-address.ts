import type { GatewayConfig } from "./config-schema.js";

/** The port of a gateway, where nothing is said. */
const DEFAULT_PORT = 4114;

/** Where a program on the same machine reaches the gateway: one on all addresses is reached on loopback. */
export function gatewayAddress({
  host = "127.0.0.1",
  port = DEFAULT_PORT,
}: Pick<GatewayConfig, "host" | "port">): string {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
