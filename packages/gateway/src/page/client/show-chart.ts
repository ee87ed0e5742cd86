import { costWords } from "./cost.js";
import { element } from "./element.js";
import { counted, whole } from "./format.js";
import { hoursOfDay, spentElsewhere } from "./hours-of-day.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { windowOf } from "./windows.js";

const HOUR_MS = 3_600_000;

/** The cost of each hour, as columns: percentages of the highest, so that no text is scaled. */
export function showChart(heading: HTMLElement, place: HTMLElement, { about, quota, hours }: State): void {
  // Costs in the units of several providers have no sum.
  const isPool = about?.providers !== undefined;
  const unit = isPool ? "calls" : (about?.tier.unit ?? "");
  const day = isPool
    ? undefined
    : quota?.windows.find(
        ({ rule, metric }) => metric === about?.tier.metric && windowOf(about?.tier, rule)?.is_day === true,
      );
  const now = gatewayNow();
  const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
  heading.textContent = day === undefined ? sentence(`${unit} of the last 24 hours`) : `Today's ${unit}, by the hour`;
  const known = hoursOfDay(hours, now, day === undefined ? undefined : Date.parse(day.resets_at));
  const columns = isPool ? known.map((column) => ({ ...column, cost: column.calls })) : known;
  const most = Math.max(...columns.map(({ cost }) => cost));
  const sum = columns.reduce((total, { cost }) => total + cost, 0);
  const elsewhere = day === undefined ? 0 : spentElsewhere(columns, day.used);
  const hourOf = (ms: number): string =>
    new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  const bars = columns.map(({ from, cost, calls }) => {
    const isNow = now >= from && now < from + HOUR_MS;
    const bar = element("span", {
      class: cost === 0 ? "none" : isNow ? "now" : "was",
      title: `${hourOf(from)}: ${costWords(cost, unit)}, ${counted(calls, "call")}`,
    });
    if (cost > 0) bar.style.height = `${Math.max(3, (cost / most) * 100)}%`;
    return bar;
  });
  const labels = [0, 6, 12, 18].map((index) => element("span", {}, hourOf(columns[index]?.from ?? 0)));
  const told = columns.filter(({ cost }) => cost > 0).map(({ from, cost }) => `${hourOf(from)} ${cost}`);
  place.replaceChildren(
    element(
      "p",
      { class: "peak" },
      sum === 0
        ? "None yet"
        : `${whole(sum)} through this gateway${most < sum ? `, ${whole(most)} in the busiest hour` : ""}`,
      elsewhere > 0 && `. ${whole(elsewhere)} more by other programs, or before it began`,
      ".",
    ),
    element(
      "div",
      {
        class: sum === 0 ? "columns empty" : "columns",
        role: "img",
        "aria-label": `${sentence(unit)} by the hour: ${told.join(", ") || "none"}`,
      },
      ...bars,
    ),
    element("div", { class: "hours", "aria-hidden": "true" }, ...labels),
  );
}
