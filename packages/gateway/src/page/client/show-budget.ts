import { element } from "./element.js";
import { clock, countdown, whole } from "./format.js";
import type { State } from "./state.js";
import { gatewayNow, ticking } from "./ticker.js";
import { emptyWords, type QuotaWindow, tightestWindow, windowOf } from "./windows.js";

/** Less than this share of a window is little. */
const LOW = 0.15;

/** The headline: what is left, and when it comes back. Then a bar for each window. */
export function showBudget(headline: HTMLElement, meters: HTMLElement, { about, quota }: State): void {
  if (quota === undefined) {
    headline.replaceChildren(title("Not known", "now: the account can't be read"));
    meters.replaceChildren();
    return;
  }
  const tightest = tightestWindow(quota.windows);
  const blocked = quota.blocked_until;
  if (quota.payment_required) {
    headline.replaceChildren(title("Closed", "until somebody pays, says the provider: laplas doctor --resume", true));
  } else if (blocked !== null) {
    headline.replaceChildren(top(title("Nothing", "left, says the upstream", true), heals("asked again in", blocked)));
  } else if (tightest === undefined && quota.per_model.length > 0) {
    headline.replaceChildren(top(title("Limits", "for each model"), leadToModels()));
  } else if (tightest === undefined) {
    headline.replaceChildren(title("No limits", `on the tier ${quota.tier}`));
  } else {
    const window = windowOf(about?.tier, tightest.rule);
    const { when = "", is_rolling: isRolling = false } = window ?? {};
    const isSpent = Math.floor(tightest.left) === 0;
    const words = isSpent ? emptyWords(window) : `${tightest.unit} left ${when}`;
    headline.replaceChildren(
      top(
        title(isSpent ? "Nothing" : whole(tightest.left), words, isSpent),
        isRolling && !isSpent ? undefined : heals(isSpent ? "comes back in" : "full again in", tightest.resets_at),
      ),
    );
  }
  const bars = quota.windows.map((window) => meter(window, blocked !== null || quota.payment_required));
  meters.replaceChildren(...bars);
}

function title(figure: string, words: string, isSpent = false): HTMLElement {
  const attributes = { id: "overview-title", tabindex: -1, class: isSpent ? "spent" : undefined };
  return element("h1", attributes, element("b", { class: "big" }, figure), " ", words);
}

function top(...children: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element("div", { class: "budget-top" }, ...children);
}

/** What is left differs from model to model, so that no figure fits the headline. */
function leadToModels(): HTMLElement {
  const link = element("a", { href: "#models" }, "What each has left");
  return element("p", { class: "heals" }, link);
}

function heals(words: string, at: string): HTMLElement {
  const date = new Date(at);
  return element(
    "p",
    { class: "heals" },
    element("span", { class: "soft" }, words),
    " ",
    ticking(element("b", { role: "timer", id: "countdown" }), (now) => countdown(date.getTime() - now)),
    " ",
    ticking(element("span", { class: "soft", title: date.toISOString() }), (now) => clock(date, new Date(now))),
  );
}

/**
 * The bar shows what is left, as a fuel gauge does; what running calls hold is hatched.
 *
 * @param isDoubted the upstream says otherwise
 */
function meter({ rule, limit, used, held, left, unit }: QuotaWindow, isDoubted: boolean): HTMLElement {
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
    element("span", {}, `${isDoubted ? "By our count " : ""}${whole(left)} of ${whole(limit)} ${unit} left`),
    element("span", {}, `${whole(used)} used${held > 0 ? `, about ${whole(held)} held by calls that run` : ""}`),
    element("span", {}, "rule ", element("code", {}, rule)),
  ];
  return element("div", { class: "meter" }, track, element("p", { class: "meter-words" }, ...words));
}

/** What is left, in a line. */
export function budgetLine({ about, quota }: State): string {
  if (quota?.payment_required) return "The provider wants to be paid";
  if (isBlocked(quota)) return "Nothing is left, says the upstream";
  const window = tightestWindow(quota?.windows ?? []);
  if (window === undefined) return "";
  const when = windowOf(about?.tier, window.rule)?.when ?? "";
  return `${whole(window.left)} ${window.unit} left ${when}, shared with the API`;
}

/** For the page's title, which stands on the tab. */
export function titleOf({ quota }: State): string {
  const window = tightestWindow(quota?.windows ?? []);
  if (isBlocked(quota)) return "nothing left · laplas";
  return window === undefined ? "laplas gateway" : `${whole(window.left)} left · laplas`;
}

function isBlocked(quota: State["quota"]): boolean {
  if (quota?.payment_required) return true;
  return quota?.blocked_until != null && Date.parse(quota.blocked_until) > gatewayNow();
}
