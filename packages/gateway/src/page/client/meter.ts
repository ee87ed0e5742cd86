import { element } from "./element.js";
import { countdown, whole } from "./format.js";
import { ticking } from "./ticker.js";
import type { QuotaWindow } from "./windows.js";

/** Less than this share of a window is little. */
const LOW = 0.15;

/** What is said of a window beside its figures. */
export interface MeterWords {
  /** The upstream says otherwise. */
  readonly isDoubted: boolean;
  /** `today`. */
  readonly when?: string;
  /** How sure the limit is. */
  readonly note?: string;
  /** When all of it is back, where something is gone. */
  readonly fullAt?: number | undefined;
}

/** The bar shows what is left, as a fuel gauge does; what running calls hold is hatched. */
export function meter(
  { rule, limit, used, held, left, unit }: QuotaWindow,
  { isDoubted, when = "", note = "", fullAt }: MeterWords,
): HTMLElement {
  const share = (count: number): string => `${Math.max(0, Math.min(100, (count / limit) * 100))}%`;
  const leftBar = element("div", {
    class: isDoubted ? "meter-left doubted" : left / limit < LOW ? "meter-left low" : "meter-left",
  });
  leftBar.style.width = share(left);
  const heldBar = element("div", { class: "meter-held" });
  heldBar.style.width = share(held);
  const track = element(
    "div",
    {
      class: "meter-track",
      role: "meter",
      "aria-label": `${unit} left, rule ${rule}`,
      "aria-valuemin": 0,
      "aria-valuemax": limit,
      "aria-valuenow": Math.floor(left),
    },
    leftBar,
    heldBar,
  );
  const words = [
    element(
      "span",
      {},
      `${isDoubted ? "By our count " : ""}${whole(left)} of ${whole(limit)} ${unit} left${when === "" ? "" : ` ${when}`}`,
    ),
    element("span", {}, `${whole(used)} used${held > 0 ? `, about ${whole(held)} held by calls that run` : ""}`),
    fullAt !== undefined && ticking(element("span", {}), (now) => `full again in ${countdown(fullAt - now)}`),
    element("span", {}, "rule ", element("code", {}, rule), note === "" ? "" : `, ${note}`),
  ];
  return element("div", { class: "meter" }, track, element("p", { class: "meter-words" }, ...words));
}
