import { InvalidOptionsError, type Laplas } from "@laplas/core";
import { tellWaits } from "../command/tell-waits.js";
import type { Terminal } from "../terminal/terminal.js";
import type { GatewayConfig } from "./config-schema.js";
import type { EngineFlags } from "./engine-flags.js";
import { type EngineSource, openSource } from "./engine-source.js";
import { withStoredKey } from "./keys-file.js";
import { readConfig } from "./read-config.js";

/** The engine as a command uses it. */
export interface OpenEngine extends Pick<EngineSource, "account"> {
  readonly laplas: Laplas;
  readonly config: GatewayConfig;
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
  const config = withKey(terminal, configOf(terminal, flags), flags.sandbox === true, needsKey);
  const source = await openSource(terminal, config, { sandbox: flags.sandbox === true, needsKey });
  try {
    const laplas = source.open();
    const stopTelling = tellWaits(terminal, laplas);
    try {
      return await use({ laplas, config, account: source.account });
    } finally {
      stopTelling();
      await laplas.close();
    }
  } finally {
    // Left open after a wrong setting, its socket would keep the process.
    await source.close();
  }
}

/** A file of keys that can't be used stops no command that does without a key. @throws InvalidOptionsError */
function withKey(
  { environment, warnings }: Terminal,
  config: GatewayConfig,
  isSandbox: boolean,
  needsKey: boolean,
): GatewayConfig {
  if (isSandbox) return config;
  try {
    return withStoredKey(config, environment);
  } catch (error) {
    if (needsKey || !InvalidOptionsError.isInstance(error)) throw error;
    warnings.add(error.message);
    return config;
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
