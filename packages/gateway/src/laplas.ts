#!/usr/bin/env node
import { isLaplasError } from "@laplas/core";
import { Command } from "commander";
import { writeLitellmConfig } from "./command/litellm-config.js";
import { serve } from "./command/serve.js";
import type { GatewayConfig } from "./config/config-schema.js";
import { readConfig, readPort } from "./config/read-config.js";
import type { LogForm } from "./log/create-logger.js";

/** Exit codes: 1 for what failed, 2 for what was asked for wrongly. */
const FAILED = 1;
const MISUSE = 2;

interface ServeFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly tier?: "free";
  readonly ledger?: "sqlite";
  readonly log?: LogForm;
  readonly sandbox?: boolean;
}

interface LitellmConfigFlags {
  readonly config?: string;
  readonly models?: string;
  readonly fallback?: string;
  readonly baseUrl?: string;
  readonly tier?: "free";
  readonly output?: string;
}

const program = new Command("laplas")
  .description("laplas's free tier, for every program that can change a base URL.")
  .showHelpAfterError("(laplas --help says how)")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : MISUSE));

program
  .command("serve")
  .description("serve an OpenAI-compatible API that obeys the tier")
  .option("--host <address>", "address to listen on; LAPLAS_HOST (default: 127.0.0.1)")
  .option("--port <number>", "port, 0 for a free one; LAPLAS_PORT (default: 4114)")
  .option("--tier <name>", "free, playground or paid; LAPLAS_TIER (default: free)")
  .option("--ledger <place>", "where the account is kept: memory, sqlite, sqlite:PATH; LAPLAS_LEDGER (default: sqlite)")
  .option("--config <file>", "configuration; LAPLAS_CONFIG (default: laplas.config.json, if there is one)")
  .option("--log <form>", "json, text or off; LAPLAS_LOG (default: text in a terminal, else json)")
  .option("--sandbox", "answer from an embedded sandbox: no key, nothing spent")
  .addHelpText(
    "after",
    `
Examples:
  laplas serve --sandbox                          try it without a key
  LAPLAS_API_KEY=... laplas serve                 on http://127.0.0.1:4114/v1
  LAPLAS_GATEWAY_TOKEN=... laplas serve --host 0.0.0.0   for other machines`,
  )
  .action(async ({ config: file, sandbox = false, port, ...flags }: ServeFlags) => {
    const environment = process.env;
    const given: GatewayConfig = { ...flags, ...(port === undefined ? {} : { port: readPort(port, "--port") }) };
    await serve({ config: readConfig({ file, flags: given, environment, directory: process.cwd() }), sandbox });
  });

program
  .command("litellm-config")
  .description("write a config.yaml for LiteLLM's proxy, from the catalog and the tier")
  .option("--models <names>", "comma-separated (default: every model of the tier)")
  .option("--fallback <name>", "model group of yours that answers while a budget is spent")
  .option("--base-url <url>", "where LiteLLM reaches the gateway (default: as serve would listen)")
  .option("--tier <name>", "free, playground or paid; LAPLAS_TIER (default: free)")
  .option(
    "--config <file>",
    "the gateway's configuration; LAPLAS_CONFIG (default: laplas.config.json, if there is one)",
  )
  .option("-o, --output <file>", "where to write it (default: print it)")
  .action(async ({ config: file, models, fallback, baseUrl: baseURL, tier, output }: LitellmConfigFlags) => {
    const config = readConfig({ file, flags: { tier }, environment: process.env, directory: process.cwd() });
    const names = models?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
    await writeLitellmConfig({ config, models: names, fallback, baseURL }, output);
  });

program.parseAsync().catch((error: unknown) => {
  if (!isLaplasError(error)) throw error;
  process.stderr.write(`laplas: ${error.message}\n`);
  process.exitCode = error.code === "invalid_options" ? MISUSE : FAILED;
});
