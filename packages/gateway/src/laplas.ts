#!/usr/bin/env node
import { isLaplasError } from "@laplas/core";
import { Command } from "commander";
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

program.parseAsync().catch((error: unknown) => {
  if (!isLaplasError(error)) throw error;
  process.stderr.write(`laplas: ${error.message}\n`);
  process.exitCode = error.code === "invalid_options" ? MISUSE : FAILED;
});
