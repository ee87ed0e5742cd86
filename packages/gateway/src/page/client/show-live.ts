import { element } from "./element.js";
import { counted } from "./format.js";
import { canBeAsked } from "./show-providers.js";
import type { State } from "./state.js";
import { ticking } from "./ticker.js";

/** Who runs and who waits. */
export function showLive(place: HTMLElement, { about, quota, live }: State): void {
  const several = quota?.providers ?? [];
  const isPool = about?.providers !== undefined && several.length > 0;
  const sumOf = (count: "running" | "waiting"): number =>
    isPool ? several.reduce((sum, one) => sum + one[count], 0) : (quota?.[count] ?? 0);
  const limit = isPool ? undefined : (about?.tier.slots ?? undefined);
  const [running, waiting] = [sumOf("running"), sumOf("waiting")];
  const slots = limit === undefined ? counted(running, "call") : `${running} of ${limit}`;
  const isClosed = quota === undefined || quota.payment_required || quota.blocked_until !== null;
  const isOpen = isPool
    ? several.some(canBeAsked)
    : !isClosed && quota.windows.every(({ left }) => Math.floor(left) > 0);
  const state = `${slots} running${waiting > 0 ? `, ${waiting} waiting` : ""}`;
  const rows = live.map(({ model, state: is, since }, index) =>
    element(
      "li",
      {},
      element("span", { class: is === "running" ? "chip good" : "chip warn" }, is),
      element("span", { class: "mono" }, model),
      ticking(element("span", { class: "soft" }), (now) => {
        const turn = index - live.filter((call) => call.state === "running").length + 1;
        const time = `${Math.max(0, Math.floor((now - Date.parse(since)) / 1_000))} s`;
        return is === "running" ? time : `${time}, ${turn === 1 ? "next" : `number ${turn}`}`;
      }),
    ),
  );
  place.replaceChildren(
    element("p", { class: "slots" }, state),
    rows.length === 0
      ? element(
          "p",
          { class: "soft" },
          isOpen ? "No call is waiting: the next one starts at once." : "No call is waiting.",
        )
      : element("ol", { class: "queue" }, ...rows),
  );
}
