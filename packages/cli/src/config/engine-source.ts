import {
  createEngine,
  createLaplas,
  type Engine,
  type EngineOptions,
  InvalidOptionsError,
  type LaplasOptions,
} from "@laplas/core";
import type { PresetName } from "@laplas/sandbox";
import type { Terminal } from "../terminal/terminal.js";
import type { GatewayConfig } from "./config-schema.js";
import { engineOptions } from "./engine-options.js";
import type { NamedProvider } from "./read-providers.js";

/** What engines of a configuration are opened from: its providers' settings, and the sandboxes that stand in for them. */
export interface EngineSource {
  /** `key`: the account of the key. `sandbox`: one that ends with the command. `none`: without a key, one of which nothing is used. */
  readonly account: "key" | "sandbox" | "none";
  /** Whether there may be several providers. */
  readonly isPool: boolean;
  /** Addresses of the sandboxes, in the order of the providers; `undefined` without. */
  readonly baseURLs: readonly string[] | undefined;
  /** Opens one. @throws InvalidOptionsError */
  open(changes?: EngineChanges): Engine;
  /** Ends the sandboxes. */
  close(): Promise<void>;
}

/** How an engine differs from the one that is configured. */
export interface EngineChanges {
  readonly ledger?: LaplasOptions["ledger"];
  readonly onEvent?: LaplasOptions["onEvent"];
  /** Puts laplas's calls under the tier of its playground. */
  readonly isPlayground?: boolean;
}

/** @param needsKey whether to refuse a configuration without a key, or one of several providers whose key is missing */
export async function openSource(
  terminal: Terminal,
  config: GatewayConfig,
  { sandbox, needsKey = true }: { readonly sandbox: boolean; readonly needsKey?: boolean },
): Promise<EngineSource> {
  if (config.providers !== undefined) return openPool(terminal, config, config.providers, { sandbox, needsKey });
  if (config.apiKey === undefined && !sandbox && needsKey) {
    throw new InvalidOptionsError(
      "There is no key. Set LAPLAS_API_KEY, or store one (laplas keys set laplas), or add --sandbox to try it without one.",
    );
  }
  const embedded = sandbox ? await startSandbox() : undefined;
  const isKeyless = embedded === undefined && config.apiKey === undefined;
  const options = engineOptions(terminal, config, embedded?.baseURL);
  return {
    account: embedded !== undefined ? "sandbox" : isKeyless ? "none" : "key",
    isPool: false,
    baseURLs: embedded === undefined ? undefined : [embedded.baseURL],
    open: ({ isPlayground = false, ...changes } = {}) =>
      createLaplas({
        ...options,
        ...(isKeyless ? { apiKey: "none", ledger: "memory" } : {}),
        ...changes,
        ...(isPlayground ? { tier: "playground" } : {}),
      }),
    close: async () => embedded?.close(),
  };
}

async function openPool(
  terminal: Terminal,
  config: GatewayConfig,
  entries: NonNullable<GatewayConfig["providers"]>,
  { sandbox, needsKey }: { readonly sandbox: boolean; readonly needsKey: boolean },
): Promise<EngineSource> {
  const { findDocuments, readProviders } = await import("./read-providers.js");
  const named = findDocuments(entries);
  const sandboxes = sandbox ? await startSandboxes(named) : [];
  const close = async (): Promise<void> => {
    await Promise.all(sandboxes.map((one) => one.close()));
  };
  try {
    const baseURLs = sandbox ? sandboxes.map(({ baseURL }) => baseURL) : undefined;
    const warn = (message: string): void => {
      for (const line of message.split("\n")) terminal.warnings.add(`${line} Until then it looks unused.`);
    };
    const onMissing = needsKey ? undefined : warn;
    const providers = readProviders(named, config, terminal.environment, baseURLs, onMissing);
    const {
      apiKey: _,
      baseURL: _none,
      tier: _own,
      models: _others,
      ...shared
    } = engineOptions(terminal, config, undefined);
    const options: EngineOptions = {
      ...shared,
      ...(sandbox ? { ledger: "memory" } : {}),
      providers,
      routes: config.routes,
      training: config.training,
    };
    return {
      account: sandbox ? "sandbox" : "key",
      isPool: true,
      baseURLs,
      open: ({ isPlayground = false, ...changes } = {}) =>
        createEngine({
          ...options,
          ...changes,
          providers: isPlayground
            ? providers.map((one) => (one.document === "laplas" ? { ...one, tier: "playground" } : one))
            : providers,
        }),
      close,
    };
  } catch (error) {
    // Left open after a wrong setting, their sockets would keep the process.
    await close();
    throw error;
  }
}

/** A sandbox in this process. */
async function startSandbox(): Promise<{ readonly baseURL: string; close(): Promise<void> }> {
  const { createSandbox } = await import("@laplas/sandbox");
  return createSandbox();
}

/** @throws InvalidOptionsError where one of them has no stand-in */
async function startSandboxes(
  named: readonly NamedProvider[],
): Promise<readonly { readonly baseURL: string; close(): Promise<void> }[]> {
  const { createSandbox, presetNames } = await import("@laplas/sandbox");
  const isPreset = (id: string): id is PresetName => (presetNames as readonly string[]).includes(id);
  const other = named.find(({ id }) => id !== "laplas" && !isPreset(id));
  if (other !== undefined) {
    throw new InvalidOptionsError(
      `There is no sandbox of ${other.title}: --sandbox stands in for laplas, ${presetNames.join(", ")}.`,
    );
  }
  return Promise.all(named.map(({ id }) => (isPreset(id) ? createSandbox({ preset: id }) : createSandbox())));
}
