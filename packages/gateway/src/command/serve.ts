import { createInterface } from "node:readline/promises";
import { createLaplas, InvalidOptionsError, type Laplas, type LaplasOptions, type Status } from "@laplas/core";
import type { GatewayConfig } from "../config/config-schema.js";
import { createGateway } from "../create-gateway.js";
import { createLogger } from "../log/create-logger.js";
import { listen } from "../server/listen.js";

/** What `laplas serve` runs with. */
export interface ServeOptions {
  readonly config: GatewayConfig;
  /** Answers from a sandbox in this process, with an account of its own that ends with it. */
  readonly sandbox: boolean;
}

/** Serves until SIGINT or SIGTERM. @throws InvalidOptionsError; Error with `code` EADDRINUSE and the like */
export async function serve({ config, sandbox }: ServeOptions): Promise<void> {
  const embedded = sandbox || (await wantsSandbox(config)) ? await startSandbox() : undefined;
  try {
    const laplas = createLaplas(engineOptions(config, embedded?.baseURL));
    try {
      await serveEngine(laplas, config, embedded !== undefined);
    } finally {
      await laplas.close();
    }
  } finally {
    // Left open after a wrong setting, its socket would keep the process.
    await embedded?.close();
  }
}

async function serveEngine(laplas: Laplas, config: GatewayConfig, isSandbox: boolean): Promise<void> {
  const { clients, allowedHosts, allowedOrigins, publicURL, maxBodyBytes, pictures } = config;
  const logger = createLogger(config.log ?? (process.stdout.isTTY === true ? "text" : "json"));
  const gateway = createGateway({
    laplas,
    clients,
    allowedHosts,
    allowedOrigins,
    publicURL,
    maxBodyBytes,
    pictures,
    logger,
  });
  const status = await laplas.status();
  const server = await listen(gateway, { host: config.host, port: config.port, replaceGlobals: true }).catch(
    explainPort,
  );
  logger?.info({ url: server.url, tier: laplas.tier.name, ledger: status.ledger, sandbox: isSandbox }, "listening");
  process.stderr.write(banner(server.baseURL, laplas, status, config, isSandbox));

  const signal = await stopSignal();
  const graceMs = config.stopWithinMs ?? 30_000;
  process.stderr.write(
    `${signal}: stopping. ${server.running} requests may finish within ${graceMs / 1_000} s; once more ends them now.\n`,
  );
  const cut = await server.close(graceMs);
  gateway.close();
  logger?.info({ cut }, "stopped");
  process.stderr.write(cut === 0 ? "Stopped.\n" : `Stopped. ${cut} requests had not finished.\n`);
}

/** Without a key there is nothing to call but a sandbox; a person is asked, a service gets an error. */
async function wantsSandbox({ apiKey }: GatewayConfig): Promise<boolean> {
  if (apiKey !== undefined) return false;
  if (process.stdin.isTTY === true && process.stderr.isTTY === true) {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(
      "There is no LAPLAS_API_KEY. Serve a sandbox instead, free and offline? [Y/n] ",
    );
    terminal.close();
    if (/^(y(es)?)?$/i.test(answer.trim())) return true;
  }
  throw new InvalidOptionsError(
    'There is no key. Set LAPLAS_API_KEY (or "apiKey" in laplas.config.json), or serve a sandbox instead: laplas serve --sandbox',
  );
}

async function startSandbox(): Promise<{ readonly baseURL: string; close(): Promise<void> }> {
  const { createSandbox } = await import("@laplas/sandbox");
  return createSandbox();
}

function engineOptions(config: GatewayConfig, sandboxURL: string | undefined): LaplasOptions {
  const { baseURL, ledger, tier, synchronous, onExcess, reserve, patienceMs, timeoutMs, unknownModels, models } =
    config;
  return {
    apiKey: sandboxURL === undefined ? config.apiKey : "sandbox",
    baseURL: sandboxURL ?? baseURL,
    // What a sandbox charges has no place in the account of a key.
    ledger: sandboxURL === undefined ? ledger : "memory",
    tier,
    synchronous,
    onExcess,
    reserve,
    patienceMs,
    maxQueue: config.maxQueue ?? 500,
    timeoutMs,
    unknownModels,
    models,
  };
}

function banner(baseURL: string, laplas: Laplas, status: Status, config: GatewayConfig, isSandbox: boolean): string {
  const names = (config.clients ?? []).map(({ name }) => name);
  const lines: readonly (readonly [string, string])[] = [
    ["Base URL", baseURL],
    ["Tier", `${laplas.tier.name}${isSandbox ? ", on an embedded sandbox: nothing is spent" : ""}`],
    ...status.windows.map(({ rule, metric, left, limit, resetsAt }): readonly [string, string] => [
      "Left",
      `${whole(left)} of ${whole(limit)} ${metric === "requests" ? "requests" : "API tokens"} until ${resetsAt.toISOString()} (${rule})`,
    ]),
    ...(status.blockedUntil === undefined
      ? []
      : [["Spent", `the upstream says so; asked again after ${status.blockedUntil.toISOString()}`] as const]),
    [
      "Clients",
      names.length === 0 ? "anyone on this machine, with any key" : `${names.join(", ")}, each with its token`,
    ],
    ["Account", status.ledger],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  return `\nlaplas gateway\n${lines.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`).join("")}\nCtrl-C stops it.\n\n`;
}

function whole(count: number): string {
  return Math.floor(count).toLocaleString("en");
}

function explainPort(error: NodeJS.ErrnoException): never {
  if (error.code === "EADDRINUSE") {
    throw new InvalidOptionsError(
      "The port is taken, perhaps by another gateway. Choose one with --port (LAPLAS_PORT); 0 takes a free one.",
      { cause: error },
    );
  }
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
    throw new InvalidOptionsError(`This machine can't listen there (${error.code}). See --host and --port.`, {
      cause: error,
    });
  }
  throw error;
}

/** The first signal stops in good order, the second at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        for (const second of ["SIGINT", "SIGTERM"] as const) {
          process.removeAllListeners(second).once(second, () => process.exit(second === "SIGINT" ? 130 : 143));
        }
        resolve(signal);
      });
    }
  });
}
