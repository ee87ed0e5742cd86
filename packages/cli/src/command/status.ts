import { setTimeout as sleep } from "node:timers/promises";
import type { Laplas, Status } from "@laplas/core";
import { isPool, type PoolQuota, readQuota } from "@laplas/gateway/bodies";
import type { Command } from "commander";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { EXIT } from "../terminal/exit-codes.js";
import { interruptible } from "../terminal/interruption.js";
import { printJson, printLines } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { noteWithoutKey } from "./note-without-key.js";
import { poolStatusLines } from "./pool-status-lines.js";
import { statusLines } from "./status-lines.js";

interface StatusFlags extends EngineFlags {
  readonly watch?: boolean;
}

const WATCH_MS = 1_000;

export function define(command: Command, terminal: Terminal): void {
  addJsonFlag(command).option("-w, --watch", "go on, until Ctrl-C");
  addEngineFlags(command)
    .addHelpText(
      "after",
      `
Examples:
  laplas status
  laplas status --watch              what happens now, in every program
  laplas status --json | jq '.windows[0].left'

Exits with 0 while something is left, 3 once a budget is spent: of several
providers, at all of them.`,
    )
    .action((flags: StatusFlags) =>
      withEngine(
        terminal,
        flags,
        async ({ laplas, account }) => {
          await (flags.watch ? watch : once)(terminal, laplas, flags);
          if (account === "none" && !flags.json) noteWithoutKey(terminal, " To store one: laplas keys set laplas");
        },
        { needsKey: false },
      ),
    );
}

async function once(terminal: Terminal, laplas: Laplas, { json }: StatusFlags): Promise<void> {
  const { body, statuses } = await readQuota(laplas, Date.now());
  if (json) printJson(terminal, statusBody(body, statuses));
  else printLines(terminal, drawStatus(terminal, laplas, statuses));
  if (statuses.every(isSpent)) terminal.exitCode = EXIT.later;
}

function isSpent({ blockedUntil, paymentRequired, windows }: Status): boolean {
  return blockedUntil !== undefined || paymentRequired === true || windows.some(({ left }) => left <= 0);
}

/** In a terminal one picture drawn over itself; elsewhere a new one whenever something has changed. */
async function watch(terminal: Terminal, laplas: Laplas, { json }: StatusFlags): Promise<void> {
  const { stdout } = terminal;
  await interruptible(terminal, async (signal) => {
    const redraws = stdout.isTerminal && !json;
    let before = "";
    let height = 0;
    while (!signal.aborted) {
      const { body: quota, statuses } = await readQuota(laplas, Date.now());
      const body = statusBody(quota, statuses);
      const isNew = JSON.stringify(body) !== before;
      before = JSON.stringify(body);
      if (redraws) {
        const lines = drawStatus(terminal, laplas, statuses);
        // Up to where the last picture began, and everything below it gone.
        stdout.write(height === 0 ? "" : `\u001b[${height}A\u001b[J`);
        printLines(terminal, lines);
        height = lines.length;
      } else if (isNew) {
        if (json) printJson(terminal, body);
        else printLines(terminal, [...drawStatus(terminal, laplas, statuses), ""]);
      }
      await sleep(WATCH_MS, undefined, { signal }).catch(() => {});
    }
  });
}

/** As `GET /v1/quota`, and who runs and waits: at the first provider, and of several at each. */
export function statusBody(quota: PoolQuota, statuses: readonly Status[]): object {
  const calls = statuses.map((status) =>
    status.calls.map(({ model, state, since }) => ({ model, state, since: since.toISOString() })),
  );
  return {
    ...quota,
    calls: calls[0],
    ...(quota.providers === undefined
      ? {}
      : { providers: quota.providers.map((one, index) => ({ ...one, calls: calls[index] })) }),
  };
}

/** The lines of a status, for this terminal and moment. */
export function drawStatus(
  { stdout }: Pick<Terminal, "stdout">,
  laplas: Laplas,
  statuses: readonly Status[],
): string[] {
  const view = { now: Date.now(), columns: stdout.columns, hasBlocks: stdout.hasBlocks };
  const [first] = statuses;
  if (isPool(laplas) || first === undefined) return poolStatusLines(laplas, statuses, view);
  return statusLines(laplas, first, view);
}
