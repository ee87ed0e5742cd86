import { spawn } from "node:child_process";
import { once } from "node:events";
import { platform } from "node:os";
import { InvalidOptionsError } from "@laplas/core";
import type { Command } from "commander";
import { addJsonFlag, CONFIG_OPTION } from "../config/engine-flags.js";
import { gatewayAddress } from "../config/gateway-address.js";
import { readConfig, readPort } from "../config/read-config.js";
import { EXIT } from "../terminal/exit-codes.js";
import type { Environment } from "../terminal/output.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { printPlainError, printProblem } from "../terminal/problem.js";
import type { Terminal } from "../terminal/terminal.js";

interface OpenFlags {
  readonly config?: string;
  readonly port?: string;
  readonly print?: boolean;
  readonly json?: boolean;
}

const PATIENCE_MS = 3_000;

export function define(command: Command, terminal: Terminal): void {
  addJsonFlag(command)
    .option("--port <number>", "the gateway's port; LAPLAS_PORT (default: 4114)")
    .option(...CONFIG_OPTION)
    .option("-p, --print", "print the address, and open nothing")
    .addHelpText(
      "after",
      `
Examples:
  laplas open                 in the browser; in BROWSER, if that is set
  laplas open --print         http://127.0.0.1:4114/

Where there is no browser, it prints the address. Exits with 1 if no gateway
runs there.`,
    )
    .action((flags: OpenFlags) => open(terminal, flags));
}

async function open(terminal: Terminal, { config: file, port, print = false, json = false }: OpenFlags): Promise<void> {
  const { environment } = terminal;
  const config = readConfig({ file, environment, directory: terminal.cwd() });
  const given = port === undefined ? config.port : readPort(port, "--port");
  if (given === 0)
    throw new InvalidOptionsError("A gateway on port 0 has a port that only its own output says: --port.");
  const url = `${gatewayAddress({ ...config, port: given })}/`;
  if (!(await isGateway(url))) {
    const message = `No gateway answers at ${url}. Start one: laplas serve`;
    printProblem(terminal, message);
    if (json) printPlainError(terminal, "failed", message);
    terminal.exitCode = EXIT.failed;
    return;
  }
  const isOpened = !print && (await startBrowser(environment, url));
  if (json) printJson(terminal, { object: "open", url, opened: isOpened });
  else if (isOpened) note(terminal, `Opened ${url}`);
  else printLines(terminal, [url]);
}

/** Whether a gateway of ours is there: its health needs no token. */
async function isGateway(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}health`, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    const { status } = (await response.json()) as { status?: unknown };
    return typeof status === "string";
  } catch {
    return false;
  }
}

/** @returns whether a browser was started */
async function startBrowser(environment: Environment, url: string): Promise<boolean> {
  const command = browserOf(environment);
  if (command === undefined) return false;
  const [file, ...args] = command;
  // Not awaited to its end: a browser may run until it is closed.
  const child = spawn(file, [...args, url], { detached: true, stdio: "ignore", env: { ...environment } });
  try {
    await once(child, "spawn");
    child.unref();
    return true;
  } catch {
    return false;
  }
}

function browserOf(environment: Environment): readonly [string, ...string[]] | undefined {
  if (environment.BROWSER) return [environment.BROWSER];
  switch (platform()) {
    case "darwin":
      return ["open"];
    case "win32":
      return ["rundll32", "url.dll,FileProtocolHandler"];
    default:
      // Without a desktop it would start a browser of text, or fail later.
      return environment.DISPLAY || environment.WAYLAND_DISPLAY ? ["xdg-open"] : undefined;
  }
}
