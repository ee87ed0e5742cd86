import type { LaplasOptions } from "@laplas/core";
import type { Terminal } from "../terminal/terminal.js";
import { engineNames, type GatewayConfig } from "./config-schema.js";

/** The engine's part of a configuration. The run prints the engine's warnings. */
export function engineOptions(
  terminal: Terminal,
  config: GatewayConfig,
  sandboxURL: string | undefined,
): LaplasOptions {
  const options = Object.fromEntries(engineNames.map((name) => [name, config[name]])) as Pick<
    GatewayConfig,
    (typeof engineNames)[number]
  >;
  return {
    ...options,
    apiKey: sandboxURL === undefined ? config.apiKey : "sandbox",
    baseURL: sandboxURL ?? config.baseURL,
    // What a sandbox charges has no place in the account of a key.
    ledger: sandboxURL === undefined ? placeOf(terminal, config.ledger) : "memory",
    environment: terminal.environment,
    onEvent: (event) => {
      if (event.type === "warning") terminal.warnings.add(event.message);
    },
  };
}

/** A relative path starts at the working folder of the run, which may differ from that of the process. */
function placeOf(terminal: Terminal, ledger: GatewayConfig["ledger"]): GatewayConfig["ledger"] {
  const [, path] = (typeof ledger === "string" && /^sqlite:(?!:memory:$)(.+)$/s.exec(ledger)) || [];
  return path === undefined ? ledger : `sqlite:${terminal.resolve(path)}`;
}
