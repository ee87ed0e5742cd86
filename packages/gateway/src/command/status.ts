import { setTimeout as sleep } from "node:timers/promises";
import type { Laplas, Status, Tier, WindowStatus } from "@laplas/core";
import type { Command } from "commander";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { perModelRules, quotaBody } from "../routes/quota-body.js";
import { bar } from "../terminal/bar.js";
import { EXIT } from "../terminal/exit-codes.js";
import { interruptible } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { counted, duration, until, whole } from "../terminal/words.js";

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
  laplas status --watch              what happens now, whoever calls
  laplas status --json | jq '.windows[0].left'

Exits with 0 while something is left, 3 once a budget is spent.`,
    )
    .action((flags: StatusFlags) =>
      withEngine(terminal, flags, ({ laplas }) => (flags.watch ? watch : once)(terminal, laplas, flags)),
    );
}

async function once(terminal: Terminal, laplas: Laplas, { json }: StatusFlags): Promise<void> {
  const status = await laplas.status();
  if (json) printJson(terminal, statusBody(status, laplas.tier));
  else printLines(terminal, drawStatus(terminal, laplas, status));
  const { blockedUntil, paymentRequired } = status;
  const isSpent = blockedUntil !== undefined || paymentRequired || status.windows.some(({ left }) => left <= 0);
  if (isSpent) terminal.exitCode = EXIT.later;
}

/** In a terminal one picture drawn over itself; elsewhere a new one whenever something has changed. */
async function watch(terminal: Terminal, laplas: Laplas, { json }: StatusFlags): Promise<void> {
  const { stdout } = terminal;
  await interruptible(terminal, async (signal) => {
    const redraws = stdout.isTerminal && !json;
    let before = "";
    let height = 0;
    while (!signal.aborted) {
      const status = await laplas.status();
      const body = statusBody(status, laplas.tier);
      const isNew = JSON.stringify(body) !== before;
      before = JSON.stringify(body);
      if (redraws) {
        const lines = drawStatus(terminal, laplas, status);
        // Up to where the last picture began, and everything below it gone.
        stdout.write(height === 0 ? "" : `\u001b[${height}A\u001b[J`);
        printLines(terminal, lines);
        height = lines.length;
      } else if (isNew) {
        if (json) printJson(terminal, body);
        else printLines(terminal, [...drawStatus(terminal, laplas, status), ""]);
      }
      await sleep(WATCH_MS, undefined, { signal }).catch(() => {});
    }
  });
}

/** As `GET /v1/quota`, and who runs and waits. */
export function statusBody(status: Status, tier: Tier): object {
  return {
    ...quotaBody(status, tier),
    calls: status.calls.map(({ model, state, since }) => ({ model, state, since: since.toISOString() })),
  };
}

/** The lines of a status, for this terminal and moment. */
export function drawStatus({ stdout }: Terminal, laplas: Laplas, status: Status): string[] {
  return statusLines(laplas, status, { now: Date.now(), columns: stdout.columns, hasBlocks: stdout.hasBlocks });
}

/** What the lines of a status depend on beside it. */
interface View {
  readonly now: number;
  readonly columns: number;
  /** Whether block characters can be shown. */
  readonly hasBlocks: boolean;
}

export function statusLines({ tier }: Pick<Laplas, "tier">, status: Status, view: View): string[] {
  const { now, columns } = view;
  const perModel = perModelRules(tier.rules);
  const calls = (state: "running" | "waiting", count: number): string => {
    const shown = status.calls.filter((call) => call.state === state);
    const lines = shown.map(({ model, since }) => `${safeLine(model)}, for ${duration(now - since.getTime())}`);
    const more = count - shown.length;
    if (more > 0 && shown.length > 0) lines.push(`and ${whole(more)} more`);
    // A call that was broken off is none any more, but the server may still be writing its answer.
    else if (more > 0)
      lines.push(`${counted(more, "call")} that ${more === 1 ? "was" : "were"} broken off, for some seconds yet`);
    return lines.length === 0 ? "none" : lines.join("\n");
  };
  return [
    paint("bold", tier.title),
    "",
    ...status.windows.flatMap((window) => [...windowLines(window, view), ""]),
    ...(status.windows.length + perModel.length === 0 ? ["  Nothing is counted on this tier.", ""] : []),
    ...(status.paymentRequired
      ? [
          ...wrap(
            `${paint("red", "Closed")}: the provider wants to be paid before it serves anything more. To ask it again: laplas doctor --resume`,
            columns - 2,
          ).map((line) => `  ${line}`),
          "",
        ]
      : []),
    ...(status.blockedUntil === undefined
      ? []
      : [
          ...wrap(
            `${paint("red", "Spent")}, says the server, whatever is counted here. It is asked again ${until(status.blockedUntil, now)}.`,
            columns - 2,
          ).map((line) => `  ${line}`),
          "",
        ]),
    ...fields(
      [
        ["Running", calls("running", status.running)],
        ["Waiting", calls("waiting", status.waiting)],
        ...perModel.map((id) => ["Also", `${id}, for each model by itself: laplas models`] as const),
        ["Account", status.ledger === "memory" ? "in memory, ends with this program" : status.ledger],
      ],
      columns,
    ),
  ];
}

const BAR_WIDTH = 32;

function windowLines(
  { rule, unit, limit, used, held, left, resetsAt }: WindowStatus,
  { now, columns, hasBlocks }: View,
): string[] {
  const part = (used + held) / limit;
  const color = left <= 0 ? "red" : part > 0.8 ? "yellow" : "green";
  const shown = paint(color, bar({ used: used / limit, held: held / limit }, BAR_WIDTH, hasBlocks));
  const amounts = `${whole(used)} used${held > 0 ? `, ${whole(held)} held by running calls` : ""}`;
  const remaining = `${whole(left)} ${unit} left`;
  const total = ` of ${whole(limit)}`;
  const isNarrow = BAR_WIDTH + 4 + remaining.length + total.length > columns;
  return [
    ...(isNarrow
      ? [`  ${shown}`, `  ${paint("bold", remaining)}${total}`]
      : [`  ${shown}  ${paint("bold", remaining)}${total}`]),
    ...wrap(`${rule}: ${amounts}; all back ${until(resetsAt, now)}`, columns - 2).map(
      (line) => `  ${paint("dim", line)}`,
    ),
  ];
}
