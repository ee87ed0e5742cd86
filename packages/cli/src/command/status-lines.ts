import type { Laplas, Status, WindowStatus } from "@laplas/core";
import { counted, duration, perModelRules, until, whole } from "@laplas/gateway/bodies";
import { bar } from "../terminal/bar.js";
import { paint } from "../terminal/paint.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, wrap } from "../terminal/table.js";

/** What the lines of a status depend on beside it. */
export interface View {
  readonly now: number;
  readonly columns: number;
  /** Whether block characters can be shown. */
  readonly hasBlocks: boolean;
}

export function statusLines({ tier }: Pick<Laplas, "tier">, status: Status, view: View): string[] {
  const { columns } = view;
  const perModel = perModelRules(tier.rules);
  return [
    paint("bold", tier.title),
    "",
    ...status.windows.flatMap((window) => [...windowLines(window, view), ""]),
    ...(status.windows.length + perModel.length === 0 ? ["  Nothing is counted on this tier.", ""] : []),
    ...closedLines(status, view),
    ...fields(
      [
        ...callRows(status, view),
        ...perModel.map((id) => ["Also", `${id}, for each model by itself: laplas models`] as const),
        ["Account", placeWords(status)],
      ],
      columns,
    ),
  ];
}

export function placeWords({ ledger }: Status): string {
  return ledger === "memory" ? "in memory, ends with this program" : ledger;
}

/** Who runs and who waits. */
export function callRows(status: Status, { now }: View): (readonly [string, string])[] {
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
    ["Running", calls("running", status.running)],
    ["Waiting", calls("waiting", status.waiting)],
  ];
}

/** Why nothing is sent, if that is so. */
export function closedLines({ paymentRequired, blockedUntil }: Status, { now, columns }: View): string[] {
  const lines = (text: string): string[] => [...wrap(text, columns - 2).map((line) => `  ${line}`), ""];
  return [
    ...(paymentRequired
      ? lines(
          `${paint("red", "Closed")}: the provider requires payment before it serves any more requests. Once it is paid: laplas doctor --resume`,
        )
      : []),
    ...(blockedUntil === undefined
      ? []
      : lines(
          `${paint("red", "Used up")}, according to the server, regardless of what is counted here. It is asked again ${until(blockedUntil, now)}.`,
        )),
  ];
}

const BAR_WIDTH = 32;

/** @param more said of its rule */
export function windowLines(window: WindowStatus, { now, columns, hasBlocks }: View, more = ""): string[] {
  const { rule, unit, limit, used, held, left } = window;
  const part = Math.max(0, left) / limit;
  const color = left <= 0 ? "red" : part < 0.2 ? "yellow" : "green";
  // Full at the start: what is left, then what running calls hold.
  const shown = paint(color, bar({ part, held: held / limit }, BAR_WIDTH, hasBlocks));
  const amounts = `${whole(used)} used${held > 0 ? `, ${whole(held)} held by running calls` : ""}`;
  const remaining = `${whole(left)} ${unit} left`;
  const total = ` of ${whole(limit)}`;
  const isNarrow = BAR_WIDTH + 4 + remaining.length + total.length > columns;
  return [
    ...(isNarrow
      ? [`  ${shown}`, `  ${paint("bold", remaining)}${total}`]
      : [`  ${shown}  ${paint("bold", remaining)}${total}`]),
    ...wrap(`${rule}: ${amounts}${backWords(window, now)}${more}`, columns - 2).map(
      (line) => `  ${paint("dim", line)}`,
    ),
  ];
}

/** When all of a window is back; nothing to say where all is there. */
export function backWords({ left, limit, resetsAt }: WindowStatus, now: number): string {
  return left < limit ? `; all back ${until(resetsAt, now)}` : "";
}
