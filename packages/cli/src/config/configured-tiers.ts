import { createEngine, type EngineProvider, resolveTier } from "@laplas/core";
import type { Terminal } from "../terminal/terminal.js";
import type { GatewayConfig } from "./config-schema.js";

/** The providers of a configuration with their tiers in force. Neither keys nor ledger are needed: rules are data. @throws InvalidOptionsError */
export async function configuredTiers(
  { warnings }: Terminal,
  config: GatewayConfig,
): Promise<readonly Pick<EngineProvider, "id" | "title" | "tier">[]> {
  const warn = (text: string): void => void warnings.add(text);
  if (config.providers === undefined) {
    return [{ id: "laplas", title: "laplas", tier: resolveTier(config.tier ?? "free", { warn }) }];
  }
  const { findDocuments, readProviders } = await import("./read-providers.js");
  const named = findDocuments(config.providers);
  const baseURLs = named.map(({ id }) => `https://${id}.not-called.invalid/v1`);
  const providers = readProviders(named, config, {}, baseURLs);
  const onEvent = (event: { readonly type: string; readonly message?: string }): void => {
    if (event.type === "warning" && event.message !== undefined) warn(event.message);
  };
  const engine = createEngine({ providers, ledger: "memory", environment: {}, onEvent });
  await engine.close();
  return engine.providers;
}
