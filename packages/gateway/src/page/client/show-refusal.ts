import type { RecentCall } from "../../recent/recent-call.js";
import { element } from "./element.js";
import { explain } from "./explain.js";
import { ago } from "./format.js";
import { isSame, isTrouble } from "./show-calls.js";
import type { State } from "./state.js";
import { ticking } from "./ticker.js";
import { isOfSomeModels } from "./windows.js";

/** An hour: after that what was refused explains nothing that anybody asks now. */
const LATELY_MS = 3_600_000;

/** What the upstream itself refuses for a limit has failed after it was sent; to a person it is refused. */
function leadOf(outcome: RecentCall["outcome"], code: string | null): string {
  if (outcome === "refused") return "Refused: ";
  return /_quota$|^(rate_limited|request_cost)$/.test(code ?? "") ? "Refused by the upstream: " : "Failed: ";
}

let shownRefusal: RecentCall | undefined;

/** The newest call that went wrong, in full, for whoever comes to ask why. */
export function showRefusal(place: HTMLElement, { about, calls }: State, now: number): void {
  const newest = calls.find((call) => isTrouble(call) && now - Date.parse(call.at) < LATELY_MS);
  place.hidden = newest === undefined;
  if (newest === undefined || (shownRefusal !== undefined && isSame(shownRefusal, newest))) return;
  shownRefusal = newest;
  const { at, code, message, rule, model, client, outcome, resets_at: resetsAt, retry_after_ms: afterMs } = newest;
  const who = [model, client === null ? "" : `for ${client}`].filter(Boolean).join(" ");
  const foot = element(
    "p",
    { class: "soft" },
    who === "" ? "" : `${who}, `,
    ticking(element("time", { datetime: at }), (time) => ago(time - Date.parse(at))),
  );
  const againAt = afterMs === null ? null : Date.parse(at) + afterMs;
  place.replaceChildren(
    explain(
      { code, message, rule, isOfSomeModels: isOfSomeModels(about, rule), resetsAt, againAt },
      "h2",
      leadOf(outcome, code),
      foot,
    ),
  );
}
