import type { LoggedRequest, Sandbox } from "@laplas/sandbox";
import { type Command, InvalidArgumentError, Option } from "commander";
import { addJsonFlag } from "../config/engine-flags.js";
import { readPort } from "../config/read-config.js";
import { interruptible } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { apiTokens, counted, whole } from "../terminal/words.js";
import { explainPort } from "./explain-port.js";

interface SandboxFlags {
  readonly host: string;
  readonly port: string;
  readonly rules: "free" | "paid";
  readonly budget?: number;
  readonly latency: number;
  readonly chunkDelay: number;
  readonly json?: boolean;
}

/** The sandbox tells nobody of a request: its log is looked at this often. */
const LOOK_MS = 200;

export function define(command: Command, terminal: Terminal): void {
  command
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port, 0 for a free one", "4115")
    .addOption(new Option("--rules <tier>", "what it refuses").choices(["free", "paid"]).default("free"))
    .option("--budget <count>", "API tokens a day of each key (default: 50000)", readAmount)
    .option("--latency <ms>", "wait before each answer", readAmount, 0)
    .option("--chunk-delay <ms>", "wait between the chunks of a stream", readAmount, 0);
  addJsonFlag(command)
    .addHelpText(
      "after",
      `
Examples:
  laplas sandbox                       on http://127.0.0.1:4115/v1
  laplas sandbox --budget 100          see what a spent budget does
  laplas sandbox --chunk-delay 50      streams at a speed that can be watched

Any key will do; each has its own budget. In another terminal:
  export LAPLAS_BASE_URL=http://127.0.0.1:4115/v1 LAPLAS_API_KEY=any
  laplas chat "Hello"`,
    )
    .action((flags: SandboxFlags) => runSandbox(terminal, flags));
}

async function runSandbox(
  terminal: Terminal,
  { host, port, rules, budget, latency, chunkDelay, json = false }: SandboxFlags,
): Promise<void> {
  const { createSandbox, freeRules, paidRules } = await import("@laplas/sandbox");
  const sandbox = await createSandbox({
    host,
    port: readPort(port, "--port"),
    rules: {
      ...(rules === "paid" ? paidRules : freeRules),
      ...(budget === undefined ? {} : { dailyApiTokens: budget }),
    },
    latencyMs: latency,
    chunkDelayMs: chunkDelay,
  }).catch(explainPort);
  const log = followLog(terminal, sandbox, json);
  try {
    await interruptible(terminal, (signal) => {
      if (json) {
        const { dailyApiTokens } = sandbox.rules;
        printJson(terminal, { object: "sandbox", base_url: sandbox.baseURL, rules, daily_api_tokens: dailyApiTokens });
      } else note(terminal, banner(sandbox, rules));
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    });
  } finally {
    clearInterval(log.timer);
    await sandbox.close();
  }
  log.look();
  const { received, answered, refused, probe, faulted } = sandbox.counts();
  const used = sandbox.used();
  if (json)
    printJson(terminal, { object: "sandbox.counts", received, answered, refused, probe, faulted, api_tokens: used });
  else
    note(
      terminal,
      `\n${counted(received, "request")}: ${answered} answered, ${refused} refused. ${apiTokens(used)} charged.`,
    );
}

function banner({ baseURL, rules }: Sandbox, name: string): string {
  const budget =
    rules.dailyApiTokens === null ? "no limit" : `${whole(rules.dailyApiTokens)} API tokens a day of each key`;
  return [
    "",
    paint("bold", "laplas sandbox"),
    ...fields([
      ["Base URL", baseURL],
      ["Key", "any"],
      ["Rules", `${name}: ${budget}`],
    ]),
    "",
    paint("dim", `export LAPLAS_BASE_URL=${baseURL} LAPLAS_API_KEY=any`),
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

/** Prints requests as they end. */
function followLog(
  terminal: Terminal,
  sandbox: Sandbox,
  json: boolean,
): { readonly timer: NodeJS.Timeout; look(): void } {
  const printed: WeakSet<LoggedRequest> = new WeakSet();
  const look = (): void => {
    for (const request of sandbox.requests) {
      if (request.outcome === "running" || printed.has(request)) continue;
      printed.add(request);
      if (json) printJson(terminal, requestBody(request));
      else printLines(terminal, [requestLine(request)]);
    }
  };
  return { timer: setInterval(look, LOOK_MS), look };
}

function requestLine({ at, method, path, model, status, outcome, reason, apiTokens: charged }: LoggedRequest): string {
  const color = outcome === "answered" ? "green" : outcome === "refused" ? "red" : "yellow";
  const time = new Date(at).toLocaleTimeString("en-GB");
  const what = reason === undefined ? outcome : `${outcome}: ${safeLine(reason)}`;
  const cost = outcome === "answered" ? apiTokens(charged) : "";
  const parts = [
    paint("dim", time),
    method,
    safeLine(path),
    safeLine(model ?? ""),
    String(status),
    paint(color, what),
    cost,
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function requestBody({
  at,
  method,
  path,
  model,
  status,
  outcome,
  reason,
  apiTokens: cost,
  streamed,
  aborted,
}: LoggedRequest): object {
  return {
    object: "sandbox.request",
    at: new Date(at).toISOString(),
    method,
    path,
    model: model ?? null,
    status,
    outcome,
    reason: reason ?? null,
    api_tokens: cost,
    streamed,
    aborted,
  };
}

function readAmount(text: string): number {
  const amount = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(amount)) return amount;
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}
