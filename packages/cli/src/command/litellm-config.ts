import { writeFile } from "node:fs/promises";
import { InvalidOptionsError, type Laplas } from "@laplas/core";
import type { Command } from "commander";
import type { GatewayConfig } from "../config/config-schema.js";
import { addJsonFlag } from "../config/engine-flags.js";
import { openSource } from "../config/engine-source.js";
import { gatewayAddress } from "../config/gateway-address.js";
import { configOf } from "../config/open-engine.js";
import { note, printJson } from "../terminal/print.js";
import { reasonOf } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";
import { cardsOf, chooseModels } from "./litellm-models.js";
import { configText } from "./litellm-text.js";

interface LitellmConfigFlags {
  readonly config?: string;
  readonly models?: string;
  readonly fallback?: string;
  readonly baseUrl?: string;
  readonly tier?: "free";
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .option("--models <names>", "comma-separated (default: every model of the tier)")
    .option("--fallback <name>", "model group of yours that answers while a budget is spent")
    .option("--base-url <url>", "where LiteLLM reaches the gateway (default: as serve would listen)")
    .option("--tier <name>", "free, playground or paid; LAPLAS_TIER (default: free)")
    .option(
      "--config <file>",
      "the gateway's configuration; LAPLAS_CONFIG (default: laplas.config.json, if there is one)",
    )
    .option("-o, --output <file>", "where to write it (default: print it)")
    .option("-f, --force", "write over a file that is there");
  addJsonFlag(command)
    .addHelpText(
      "after",
      `
Examples:
  laplas litellm-config -o config.yaml
  laplas litellm-config --models gpt-4o,gpt-4o-mini --fallback local-llama`,
    )
    .action(async ({ models, fallback, baseUrl: baseURL, output, force, json, ...flags }: LitellmConfigFlags) => {
      const names = models?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
      const config = configOf(terminal, flags);
      const source = await openSource(terminal, config, { sandbox: false, needsKey: false });
      // Models and tier are read; nothing is counted.
      const laplas = source.open({ ledger: "memory" });
      try {
        const text = await litellmConfig({ laplas, config, models: names, fallback, baseURL });
        await writeConfig(terminal, text, output, { force, json });
      } finally {
        await laplas.close();
      }
    });
}

/** What `laplas litellm-config` writes. */
export interface LitellmConfigOptions {
  /** The engine as the gateway would have it: its tiers and models. */
  readonly laplas: Pick<Laplas, "providers" | "fetch" | "findModel">;
  /** The gateway's own settings: its address, and whether clients need a token. */
  readonly config: GatewayConfig;
  /** Ids, aliases or labels. @default every model that the tier serves */
  readonly models?: readonly string[] | undefined;
  /** Model group of the operator's own that answers while a chat model here can't. */
  readonly fallback?: string | undefined;
  /** Where LiteLLM reaches the gateway, with `/v1`. @default the address in `config` */
  readonly baseURL?: string | undefined;
}

/** Prints the configuration, or writes it to a file; over one that is there only by force. @throws InvalidOptionsError */
async function writeConfig(
  terminal: Terminal,
  text: string,
  file: string | undefined,
  { force = false, json = false }: { readonly force?: boolean | undefined; readonly json?: boolean | undefined } = {},
): Promise<void> {
  if (file !== undefined) {
    await writeFile(terminal.resolve(file), text, { flag: force ? "w" : "wx" }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") throw new InvalidOptionsError(`${file} is there already. --force writes over it.`);
        throw new InvalidOptionsError(`${file} can't be written: ${reasonOf(error)}.`, { cause: error });
      },
    );
    note(terminal, `Written: ${file}. LiteLLM's proxy takes it as: litellm --config ${file}`);
  }
  if (json) printJson(terminal, { object: "litellm_config", output: file ?? null, config: text });
  else if (file === undefined) terminal.stdout.write(text);
}

/**
 * A complete `config.yaml` for LiteLLM's proxy.
 *
 * @throws InvalidOptionsError for a model that is not in the catalog, or an address that is none
 */
export async function litellmConfig(options: LitellmConfigOptions): Promise<string> {
  const { laplas, config, models, fallback, baseURL } = options;
  const chosen = chooseModels(laplas, await cardsOf(laplas), models);
  const apiBase = checkAddress(baseURL ?? `${gatewayAddress(config)}/v1`);
  const hasClients = (config.clients ?? []).length > 0;
  return configText({ providers: laplas.providers, chosen, apiBase, hasClients, fallback });
}

function checkAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && url.username + url.password !== "") {
    throw new InvalidOptionsError(
      "--base-url holds a user or password, but must be the gateway's address, like http://127.0.0.1:4114/v1.",
    );
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || /\s/.test(address)) {
    throw new InvalidOptionsError(
      `--base-url is ${JSON.stringify(address)}, but must be the gateway's address, like http://127.0.0.1:4114/v1.`,
    );
  }
  const text = address.replace(/\/+$/, "");
  if (text.endsWith("/v1")) return text;
  throw new InvalidOptionsError(`--base-url is ${JSON.stringify(address)}, but must end in /v1.`);
}
