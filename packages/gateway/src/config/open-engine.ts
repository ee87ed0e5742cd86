import { createLaplas, InvalidOptionsError, type Laplas, type LaplasOptions } from "@laplas/core";
import type { Terminal } from "../terminal/terminal.js";
import { engineNames, type GatewayConfig } from "./config-schema.js";
import type { EngineFlags } from "./engine-flags.js";
import { readConfig } from "./read-config.js";

/** The engine as a command uses it. */
export interface OpenEngine {
  readonly laplas: Laplas;
  readonly config: GatewayConfig;
  /** `key`: the account of the key. `sandbox`: one that ends with the command. `none`: without a key, one of which nothing is used. */
  readonly account: "key" | "sandbox" | "none";
}

/** How a command wants its engine. */
export interface OpenEngineOptions {
  /** Commands that send nothing can do without. @default true */
  readonly needsKey?: boolean | undefined;
}

/** Opens the engine that the options name, and closes it afterwards. @throws InvalidOptionsError */
export async function withEngine<T>(
  terminal: Terminal,
  flags: EngineFlags,
  use: (engine: OpenEngine) => Promise<T>,
  { needsKey = true }: OpenEngineOptions = {},
): Promise<T> {
  const config = configOf(terminal, flags);
  if (config.apiKey === undefined && flags.sandbox !== true && needsKey) {
    throw new InvalidOptionsError(
      'There is no key. Set LAPLAS_API_KEY (or "apiKey" in laplas.config.json), or add --sandbox to try it without one.',
    );
  }
  const sandbox = flags.sandbox === true ? await startSandbox() : undefined;
  try {
    const isKeyless = sandbox === undefined && config.apiKey === undefined;
    const options = engineOptions(terminal, config, sandbox?.baseURL);
    const laplas = createLaplas(isKeyless ? { ...options, apiKey: "none", ledger: "memory" } : options);
    try {
      return await use({ laplas, config, account: sandbox !== undefined ? "sandbox" : isKeyless ? "none" : "key" });
    } finally {
      await laplas.close();
    }
  } finally {
    // Left open after a wrong setting, its socket would keep the process.
    await sandbox?.close();
  }
}

/** The configuration that a command's options, the environment and a file give. @throws InvalidOptionsError */
export function configOf(
  terminal: Terminal,
  { config: file, tier, ledger, continueAtCap }: EngineFlags,
): GatewayConfig {
  const { environment } = terminal;
  return readConfig({ file, flags: { tier, ledger, continueAtCap }, environment, directory: terminal.cwd() });
}

/** A sandbox in this process. */
export async function startSandbox(): Promise<{ readonly baseURL: string; close(): Promise<void> }> {
  const { createSandbox } = await import("@laplas/sandbox");
  return createSandbox();
}

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
