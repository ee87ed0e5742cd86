import { element } from "./element.js";
import { counted, whole } from "./format.js";
import { hoursOfDay, spentElsewhere } from "./hours-of-day.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { windowRule } from "./windows.js";

const HOUR_MS = 3_600_000;

const TODAY = "Today's API tokens, by the hour";
const LATELY = "API tokens of the last 24 hours";

/** API tokens of each hour, as columns: percentages of the highest, so that no text is scaled. */
export function showChart(heading: HTMLElement, place: HTMLElement, { about, quota, hours }: State): void {
  const day = quota?.windows.find(
    ({ rule, metric }) => metric === "api_tokens" && windowRule(about?.tier, rule)?.period.type === "day",
  );
  const now = gatewayNow();
  heading.textContent = day === undefined ? LATELY : TODAY;
  const columns = hoursOfDay(hours, now, day === undefined ? undefined : Date.parse(day.resets_at));
  const most = Math.max(...columns.map(({ apiTokens }) => apiTokens));
  const sum = columns.reduce((total, { apiTokens }) => total + apiTokens, 0);
  const elsewhere = day === undefined ? 0 : spentElsewhere(columns, day.used);
  const hourOf = (ms: number): string =>
    new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

  const bars = columns.map(({ from, apiTokens, calls }) => {
    const isNow = now >= from && now < from + HOUR_MS;
    const bar = element("span", {
      class: apiTokens === 0 ? "none" : isNow ? "now" : "was",
      title: `${hourOf(from)}: ${counted(apiTokens, "API token")}, ${counted(calls, "call")}`,
    });
    if (apiTokens > 0) bar.style.height = `${Math.max(3, (apiTokens / most) * 100)}%`;
    return bar;
  });
  const labels = [0, 6, 12, 18].map((index) => element("span", {}, hourOf(columns[index]?.from ?? 0)));
  const told = columns
    .filter(({ apiTokens }) => apiTokens > 0)
    .map(({ from, apiTokens }) => `${hourOf(from)} ${apiTokens}`);
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
        "aria-label": `API tokens by the hour: ${told.join(", ") || "none"}`,
      },
      ...bars,
    ),
    element("div", { class: "hours", "aria-hidden": "true" }, ...labels),
  );
}
