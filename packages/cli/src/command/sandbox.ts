import { apiTokens, counted, whole } from "@laplas/gateway/bodies";
import type { PresetName, PresetSandbox, Sandbox } from "@laplas/sandbox";
import { type Command, InvalidArgumentError, Option } from "commander";
import { addJsonFlag } from "../config/engine-flags.js";
import { readPort } from "../config/read-config.js";
import { interruptible } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { note, printJson } from "../terminal/print.js";
import { fields } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { explainPort } from "./explain-port.js";
import { followLog } from "./sandbox-log.js";

interface SandboxFlags {
  readonly host: string;
  readonly port: string;
  readonly preset?: PresetName;
  readonly rules: "free" | "paid";
  readonly budget?: number;
  readonly latency: number;
  readonly chunkDelay: number;
  readonly json?: boolean;
}

const PRESETS = ["groq", "gemini", "openrouter", "mistral", "cloudflare"] as const satisfies readonly PresetName[];

export function define(command: Command, terminal: Terminal): void {
  command
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port, 0 for a free one", "4115")
    .addOption(
      new Option("--preset <provider>", "stand in for another provider's free tier")
        .choices(PRESETS)
        .conflicts(["rules", "budget"]),
    )
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
  laplas sandbox --preset gemini       a strict stand-in for Gemini's free tier

Any key will do; each has its own budget. In another terminal:
  export LAPLAS_BASE_URL=http://127.0.0.1:4115/v1 LAPLAS_API_KEY=any
  laplas chat "Hello"`,
    )
    .action((flags: SandboxFlags) => runSandbox(terminal, flags));
}

async function runSandbox(terminal: Terminal, flags: SandboxFlags): Promise<void> {
  const { host, preset, rules, budget, latency, chunkDelay, json = false } = flags;
  const { createSandbox, freeRules, paidRules } = await import("@laplas/sandbox");
  const listening = { host, port: readPort(flags.port, "--port"), latencyMs: latency, chunkDelayMs: chunkDelay };
  if (preset !== undefined) {
    const standIn = await createSandbox({ ...listening, preset }).catch(explainPort);
    const greeting = json
      ? { object: "sandbox", base_url: standIn.baseURL, preset, models: standIn.models }
      : presetBanner(standIn);
    await serve(terminal, standIn, greeting, json);
    return;
  }
  const sandbox = await createSandbox({
    ...listening,
    rules: {
      ...(rules === "paid" ? paidRules : freeRules),
      ...(budget === undefined ? {} : { dailyApiTokens: budget }),
    },
  }).catch(explainPort);
  const { dailyApiTokens } = sandbox.rules;
  const greeting = json
    ? { object: "sandbox", base_url: sandbox.baseURL, rules, daily_api_tokens: dailyApiTokens }
    : banner(sandbox, rules);
  await serve(terminal, sandbox, greeting, json);
}

/** Greets, prints a line for each request until it is stopped, and says at the end how many there were. */
async function serve(
  terminal: Terminal,
  sandbox: Sandbox | PresetSandbox,
  greeting: object | string,
  json: boolean,
): Promise<void> {
  const log = followLog(terminal, sandbox, json);
  try {
    await interruptible(terminal, (signal) => {
      if (typeof greeting === "string") note(terminal, greeting);
      else printJson(terminal, greeting);
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    });
  } finally {
    clearInterval(log.timer);
    await sandbox.close();
  }
  log.look();
  const { received, answered, refused, probe, faulted } = sandbox.counts();
  const counts = { object: "sandbox.counts", received, answered, refused, probe, faulted };
  const used = "used" in sandbox ? sandbox.used() : undefined;
  if (json) printJson(terminal, used === undefined ? counts : { ...counts, api_tokens: used });
  else {
    const charged = used === undefined ? "" : ` ${apiTokens(used)} charged.`;
    note(terminal, `\n${counted(received, "request")}: ${answered} answered, ${refused} refused.${charged}`);
  }
}

function banner({ baseURL, rules }: Sandbox, name: string): string {
  const budget =
    rules.dailyApiTokens === null ? "no limit" : `${whole(rules.dailyApiTokens)} API tokens a day of each key`;
  return bannerOf(
    [
      ["Base URL", baseURL],
      ["Key", "any"],
      ["Rules", `${name}: ${budget}`],
    ],
    `export LAPLAS_BASE_URL=${baseURL} LAPLAS_API_KEY=any`,
  );
}

function presetBanner({ baseURL, preset, models }: PresetSandbox): string {
  return bannerOf(
    [
      ["Base URL", baseURL],
      ["Key", "any"],
      ["Preset", preset],
      ["Models", models.join(", ")],
    ],
    `curl ${baseURL}/chat/completions -H "authorization: Bearer any" -d '{"model":"...","messages":[...]}'`,
  );
}

function bannerOf(rows: readonly (readonly [string, string])[], usage: string): string {
  return ["", paint("bold", "laplas sandbox"), ...fields(rows), "", paint("dim", usage), "Ctrl-C stops it.", ""].join(
    "\n",
  );
}

function readAmount(text: string): number {
  const amount = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(amount)) return amount;
  throw new InvalidArgumentError("It must be a whole number, 0 or more.");
}
