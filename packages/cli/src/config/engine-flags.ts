import type { Command } from "commander";
import { readFollowUps } from "../command/read-count.js";

/** Options of every command that has to do with the account, as the command line gives them. */
export interface EngineFlags {
  readonly tier?: string;
  readonly ledger?: "sqlite";
  readonly config?: string;
  readonly sandbox?: boolean;
  readonly json?: boolean;
  /** Only of commands that chat, or say what a chat costs. */
  readonly continueAtCap?: number;
}

/** The option that names the configuration, as every command that reads one has it. */
export const CONFIG_OPTION = [
  "--config <file>",
  "configuration; LAPLAS_CONFIG (default: laplas.config.json, if there is one)",
] as const;

/** Adds the options that say which account, which tier, and where the account is kept. */
export function addEngineFlags(command: Command): Command {
  return command
    .optionsGroup("Account:")
    .option("--tier <name>", "free, playground, paid, or the file of your own; LAPLAS_TIER (default: free)")
    .option(
      "--ledger <place>",
      "where the account is kept: memory, sqlite, sqlite:PATH, redis://HOST; LAPLAS_LEDGER (default: sqlite)",
    )
    .option(...CONFIG_OPTION)
    .option("--sandbox", "answer from an embedded sandbox: no key, nothing spent");
}

/** Adds the option to print for programs. */
export function addJsonFlag(command: Command): Command {
  return command.option("--json", "print JSON, for programs");
}

/** Adds the option to continue answers that the tier's limit cuts. @param fallback how often, where nobody says */
export function addContinueFlag(command: Command, fallback = "0"): Command {
  return command.option(
    "--continue-at-cap <count>",
    `follow-ups of an answer that the tier cuts, 0 to 100; LAPLAS_CONTINUE_AT_CAP (default: ${fallback})`,
    readFollowUps,
  );
}
