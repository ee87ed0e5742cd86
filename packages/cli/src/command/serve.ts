import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeTier, InvalidOptionsError, type Laplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { isPool } from "@laplas/gateway/bodies";
import { type Command, Option } from "commander";
import type { GatewayConfig } from "../config/config-schema.js";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { type EngineChanges, type EngineSource, openSource } from "../config/engine-source.js";
import { withStoredKey } from "../config/keys-file.js";
import { readConfig, readPort } from "../config/read-config.js";
import { askYes, isAsking, withPerson } from "../terminal/ask-person.js";
import { createLogger, type LogForm } from "../terminal/create-logger.js";
import { SIGNAL_EXIT } from "../terminal/interruption.js";
import type { StopSignal, Terminal } from "../terminal/terminal.js";
import { examineRoutes } from "./doctor-routes.js";
import { explainPort } from "./explain-port.js";
import { banner, poolRows, tierRows } from "./serve-banner.js";

interface ServeFlags extends EngineFlags {
  readonly host?: string;
  readonly port?: string;
  readonly log?: LogForm;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .option("--host <address>", "address to listen on; LAPLAS_HOST (default: 127.0.0.1)")
    .option("--port <number>", "port, 0 for a free one; LAPLAS_PORT (default: 4114)")
    .addOption(
      new Option(
        "--log <form>",
        "a line for each request; LAPLAS_LOG (default: text in a terminal, else json)",
      ).choices(["json", "text", "off"]),
    );
  addEngineFlags(
    addJsonFlag(addContinueFlag(command, `${AGENT_CONTINUE_AT_CAP} at /v1/responses and /v1/messages, else 0`)),
  )
    .addHelpText(
      "after",
      `
Examples:
  laplas serve --sandbox              try it without a key
  LAPLAS_API_KEY=... laplas serve     on http://127.0.0.1:4114/v1
  LAPLAS_GATEWAY_TOKEN=... laplas serve --host 0.0.0.0     for other machines
  ANTHROPIC_BASE_URL=http://127.0.0.1:4114 claude          Claude Code, with
    "models": {"claude-*": "gpt-4o-mini"} in laplas.config.json

By default, answers at /v1/responses and /v1/messages that the tier's limit
cuts are continued, by up to ${AGENT_CONTINUE_AT_CAP} further requests each. --continue-at-cap 0
turns it off.`,
    )
    .action(async ({ config: file, sandbox = false, json = false, log, port, ...flags }: ServeFlags) => {
      const given: GatewayConfig = {
        ...flags,
        log: log ?? (json ? "json" : undefined),
        ...(port === undefined ? {} : { port: readPort(port, "--port") }),
      };
      const { environment } = terminal;
      const read = readConfig({ file, flags: given, environment, directory: terminal.cwd() });
      const config = sandbox ? read : withStoredKey(read, environment);
      await serve(terminal, { config, sandbox });
    });
}

/** Where nobody said how often an answer is continued. */
const AGENT_CONTINUE_AT_CAP = 8;

function followUpsOfAgents({ continueAtCap }: GatewayConfig): number {
  return continueAtCap ?? AGENT_CONTINUE_AT_CAP;
}

/** What `laplas serve` runs with. */
interface ServeOptions {
  readonly config: GatewayConfig;
  /** Answers from a sandbox in this process, with an account of its own that ends with it. */
  readonly sandbox: boolean;
}

/** Serves until SIGINT or SIGTERM. @throws InvalidOptionsError; Error with `code` EADDRINUSE and the like */
async function serve(terminal: Terminal, { config, sandbox }: ServeOptions): Promise<void> {
  const isSandbox = sandbox || (await wantsSandbox(terminal, config));
  const source = await openSource(terminal, { maxQueue: 1_000, ...config }, { sandbox: isSandbox });
  try {
    // Sandboxes of several providers keep theirs in memory: what is kept on disk of their lists would outlive them.
    const changes = isSandbox && !source.isPool ? { ledger: await passingLedger(terminal) } : {};
    const laplas = source.open(changes);
    let playground: Laplas | undefined;
    try {
      playground = await openPlayground(laplas, source, changes);
      await serveEngine(terminal, laplas, playground, config, isSandbox);
    } finally {
      if (playground !== laplas) await playground?.close();
      await laplas.close();
    }
  } finally {
    // Left open after a wrong setting, its socket would keep the process.
    await source.close();
  }
}

/** The account of a sandbox, which two engines keep. It is removed with the run. */
async function passingLedger({ atEnd }: Terminal): Promise<"memory" | `sqlite:${string}`> {
  try {
    const folder = await mkdtemp(join(tmpdir(), "laplas-sandbox-"));
    // Also for the second Ctrl-C, which waits for nothing.
    atEnd(() => rmSync(folder, { recursive: true, force: true }));
    return `sqlite:${join(folder, "ledger.sqlite")}`;
  } catch {
    return "memory";
  }
}

/**
 * The engine of the page's playground, on the same account. A plan without limits needs none, and a tier of somebody's own has
 * rules enough. With the account in memory there is none, as the page says.
 */
async function openPlayground(
  laplas: Laplas,
  source: EngineSource,
  changes: EngineChanges,
): Promise<Laplas | undefined> {
  if (laplas.providers.every(({ tier }) => tier.rules.length === 0)) return undefined;
  // By its identity: a tier of another provider may have the same name.
  if (!laplas.providers.some(({ tier }) => tier === freeTier)) return laplas;
  const { ledger } = await laplas.status();
  return ledger === "memory" ? undefined : source.open({ ...changes, isPlayground: true });
}

async function serveEngine(
  terminal: Terminal,
  laplas: Laplas,
  playground: Laplas | undefined,
  config: GatewayConfig,
  isSandbox: boolean,
): Promise<void> {
  const { clients, allowedHosts, allowedOrigins, publicURL, maxBodyBytes, bodies, pictures, showPrompts, modelNames } =
    config;
  // Before anybody is told that it runs: a signal that comes a moment later must find it.
  const stopped = stopSignal(terminal);
  const { stdout, stderr } = terminal;
  const logger = createLogger(config.log ?? (stdout.isTerminal ? "text" : "json"), stdout.stream);
  const gateway = createGateway({
    laplas,
    playground,
    showPrompts,
    modelNames,
    clients,
    allowedHosts,
    allowedOrigins,
    publicURL,
    agentContinueAtCap: followUpsOfAgents(config),
    maxBodyBytes,
    bodies,
    pictures,
    logger,
  });
  const statuses = await laplas.statuses();
  const [status] = statuses;
  if (status === undefined) throw new TypeError("an engine has a provider");
  const { host, port } = config;
  const server = await listen(gateway, { host, port, replaceGlobals: terminal.ownsProcess }).catch(explainPort);
  const ids = isPool(laplas) ? { providers: laplas.providers.map(({ id }) => id) } : {};
  logger?.info(
    { url: server.url, tier: laplas.tier.name, ...ids, ledger: status.ledger, sandbox: isSandbox },
    "listening",
  );
  const ofAgents = followUpsOfAgents(config);
  const rows = isPool(laplas) ? poolRows(laplas, statuses, ofAgents) : tierRows(laplas, status, isSandbox, ofAgents);
  const hasPlayground = playground !== undefined;
  const account = isSandbox ? "ends with this sandbox" : status.ledger;
  stderr.write(banner({ baseURL: server.baseURL, hasPlayground, rows, clients, account }));

  void tellRoutes(terminal, laplas, config);
  const signal = await stopped;
  const graceMs = config.stopWithinMs ?? 30_000;
  stderr.write(
    `${signal}: stopping. ${server.running} requests may finish within ${graceMs / 1_000} s; once more ends them now.\n`,
  );
  const cut = await server.close(graceMs);
  gateway.close();
  logger?.info({ cut }, "stopped");
  stderr.write(cut === 0 ? "Stopped.\n" : `Stopped. ${cut} requests had not finished.\n`);
}

/** Never rejects: what is wrong with a route hinders no call that another of its models answers. */
async function tellRoutes({ warnings }: Terminal, laplas: Laplas, { routes }: GatewayConfig): Promise<void> {
  const found = await examineRoutes(laplas, routes).catch(() => []);
  for (const { message } of found) warnings.add(`Route ${message} It is passed over; see laplas doctor.`);
}

/** Without a key there is nothing to call but a sandbox; a person is asked, a service gets an error. */
async function wantsSandbox(terminal: Terminal, { apiKey, providers }: GatewayConfig): Promise<boolean> {
  if (apiKey !== undefined || providers !== undefined) return false;
  const question = "There is no LAPLAS_API_KEY. Serve a sandbox instead, free and offline?";
  if (isAsking(terminal) && (await withPerson(terminal, (ask) => askYes(ask, question, true)))) return true;
  throw new InvalidOptionsError(
    "There is no key. Set LAPLAS_API_KEY, or store one (laplas keys set laplas), or serve a sandbox instead: laplas serve --sandbox",
  );
}

/** The first signal stops in good order, the second at once. */
function stopSignal({ onSignal, atEnd, exit }: Terminal): Promise<StopSignal> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = onSignal((signal) => {
      if (isStopping) exit(SIGNAL_EXIT[signal]);
      isStopping = true;
      resolve(signal);
    });
    atEnd(stop);
  });
}
