import { InvalidOptionsError } from "@laplas/core";
import type { Command } from "commander";
import type { GatewayConfig } from "../config/config-schema.js";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { type EngineSource, openSource } from "../config/engine-source.js";
import { readKeys, withStoredKey } from "../config/keys-file.js";
import { configOf } from "../config/open-engine.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { examineLedger } from "./doctor-ledger.js";
import { examineProviders } from "./doctor-providers.js";
import { examineUpstream } from "./doctor-upstream.js";
import { examineVersions } from "./doctor-versions.js";
import type { Finding } from "./finding.js";

interface DoctorFlags extends EngineFlags {
  readonly mend?: boolean;
  readonly resume?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  addJsonFlag(command)
    .option("--mend", "correct entries that a wrong clock left in the account")
    .option("--resume", "ask again for what the provider said it does not serve");
  addEngineFlags(command)
    .addHelpText(
      "after",
      `
Examples:
  laplas doctor
  laplas doctor --json | jq '.findings[] | select(.state != "ok")'
  laplas doctor --mend               once a wrong clock is right again
  laplas doctor --resume             after the provider was paid

Asks the server, or each provider, for its list of models, which costs nothing;
where that is open to all, only a call shows whether the key is accepted. Exits
with 0 without faults (warnings are none), 3 if only the network or a server is
in trouble, else 1.

A clock that was ahead may leave calls dated in the future, which no window
counts yet, and blocks that never end. --mend charges these calls now and
removes these blocks; it changes nothing else.

What the provider requires payment for, or reports as gone or not on the plan,
is not asked for again before --resume.`,
    )
    .action((flags: DoctorFlags) => examine(terminal, flags));
}

async function examine(terminal: Terminal, flags: DoctorFlags): Promise<void> {
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (flags.json || found.length === 0) return;
    printLines(
      terminal,
      found.flatMap((finding) => findingLines(finding, terminal.stdout.columns)),
    );
  };
  tell(examineVersions());
  const config = readConfiguration(terminal, flags);
  if ("state" in config) tell([config]);
  else await examineConfigured(terminal, config, flags, tell);
  const faults = findings.filter(({ state }) => state === "fault");
  if (flags.json) printJson(terminal, findingsBody(findings));
  else printLines(terminal, ["", verdict(findings)]);
  if (faults.length > 0) terminal.exitCode = faults.every(({ passing }) => passing) ? EXIT.later : EXIT.failed;
}

/** What only a configuration that can be read says: key, address, clock and account. */
async function examineConfigured(
  terminal: Terminal,
  config: GatewayConfig,
  { sandbox = false, mend = false, resume = false }: DoctorFlags,
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  let source: EngineSource;
  try {
    source = await openSource(terminal, config, { sandbox, needsKey: config.providers !== undefined });
  } catch (error) {
    if (!InvalidOptionsError.isInstance(error)) throw error;
    // Each that is at fault is told with its provider, and no engine can be had to look further.
    if (config.providers === undefined || sandbox) tell([{ name: "options", state: "fault", message: error.message }]);
    else tell(await examineProviders(terminal, config, undefined));
    return;
  }
  try {
    const [sandboxURL] = source.baseURLs ?? [];
    const used = sandboxURL === undefined ? config : { ...config, apiKey: "sandbox", baseURL: sandboxURL };
    if (config.providers === undefined) tell([examineKey(terminal, used, sandbox)]);
    const upstream =
      config.providers === undefined
        ? await examineUpstream(used)
        : await examineProviders(terminal, config, source.baseURLs);
    tell(upstream);
    const isClockWrong = upstream.some(({ name, state }) => name === "clock" && state === "fault");
    const kept = sandbox ? { ...used, ledger: "memory" as const } : used;
    tell(await examineLedger(source, kept, { mend, isClockWrong, resume }));
  } finally {
    await source.close();
  }
}

function readConfiguration(terminal: Terminal, flags: EngineFlags): GatewayConfig | Finding {
  try {
    const config = configOf(terminal, flags);
    return flags.sandbox ? config : withStoredKey(config, terminal.environment);
  } catch (error) {
    if (!InvalidOptionsError.isInstance(error)) throw error;
    return {
      name: "configuration",
      state: "fault",
      message: error.message,
      remedy: "Mend the file or variable that is named.",
    };
  }
}

function examineKey({ environment }: Terminal, { apiKey }: GatewayConfig, isSandbox: boolean): Finding {
  if (isSandbox) return { name: "key", state: "ok", message: "none is needed for the sandbox" };
  if (apiKey !== undefined) {
    const isStored = readKeys(environment).laplas === apiKey;
    const where = environment.LAPLAS_API_KEY
      ? "from LAPLAS_API_KEY"
      : isStored
        ? "from keys.json"
        : "from the configuration file";
    return { name: "key", state: "ok", message: where };
  }
  return {
    name: "key",
    state: "fault",
    message: "there is none",
    remedy: "Set LAPLAS_API_KEY, or store one: laplas keys set laplas. Without one, --sandbox serves to try things.",
  };
}

const MARKS = { ok: ["green", "ok"], warning: ["yellow", "warning"], fault: ["red", "FAULT"] } as const;
const NAME_WIDTH = 13;
const MARK_WIDTH = 7;

/** Below this there is no room for messages beside the names. */
const WIDE = 60;

export function findingLines({ name, state, message, remedy }: Finding, columns: number): string[] {
  const [color, mark] = MARKS[state];
  if (columns < WIDE) {
    const texts = [
      ...wrap(safeLine(message), columns - 2),
      ...wrap(remedy ?? "", columns - 2).map((line) => paint("bold", line)),
    ];
    return [`${paint(color, mark)} ${name}`, ...texts.map((line) => `  ${line}`)];
  }
  const indent = " ".repeat(MARK_WIDTH + NAME_WIDTH + 4);
  const room = columns - indent.length;
  const [first = "", ...more] = wrap(safeLine(message), room);
  return [
    `${paint(color, mark.padEnd(MARK_WIDTH))}  ${name.padEnd(NAME_WIDTH)}  ${first}`,
    ...more.map((line) => indent + line),
    ...(remedy === undefined ? [] : wrap(remedy, room).map((line) => indent + paint("bold", line))),
  ];
}

function verdict(findings: readonly Finding[]): string {
  const count = (state: Finding["state"]): number => findings.filter((finding) => finding.state === state).length;
  const [faults, warnings] = [count("fault"), count("warning")];
  if (faults > 0) {
    const isPassing = findings.every(({ state, passing }) => state !== "fault" || passing === true);
    const then = isPassing ? " It may be over in a minute: then try again." : "";
    return paint("red", `${faults === 1 ? "1 problem" : `${faults} problems`} to fix.${then}`);
  }
  return warnings > 0 ? paint("yellow", "It works; see the warnings.") : paint("green", "All is well.");
}

function findingsBody(findings: readonly Finding[]): object {
  return {
    object: "doctor",
    ok: findings.every(({ state }) => state !== "fault"),
    findings: findings.map(({ name, state, message, remedy }) => ({ name, state, message, remedy: remedy ?? null })),
  };
}
