import type { ProviderQuota } from "../../routes/read-quota.js";
import { element } from "./element.js";
import { clock, countdown, whole } from "./format.js";
import { meter } from "./meter.js";
import { canBeAsked, providerCards } from "./show-providers.js";
import type { State } from "./state.js";
import { gatewayNow, ticking } from "./ticker.js";
import { emptyWords, tightestWindow, windowOf } from "./windows.js";

/** The headline: what is left, and when it comes back. Then a bar for each window. */
export function showBudget(headline: HTMLElement, meters: HTMLElement, { about, quota }: State): void {
  if (quota === undefined) {
    headline.replaceChildren(title("Not known", "now: the account can't be read"));
    meters.replaceChildren();
    return;
  }
  if (about?.providers !== undefined && quota.providers !== undefined) {
    headline.replaceChildren(poolHeadline(quota.providers));
    meters.replaceChildren(...providerCards(quota.providers, about.providers));
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
  const isDoubted = blocked !== null || quota.payment_required;
  const bars = quota.windows.map((window) => meter(window, { isDoubted }));
  meters.replaceChildren(...bars);
}

/** How many of the providers can be asked now. */
function poolHeadline(quotas: readonly ProviderQuota[]): HTMLElement {
  const open = quotas.filter(canBeAsked).length;
  const words = open === 1 ? "can be asked now" : "can be asked now, in this order";
  return top(title(`${open} of ${quotas.length}`, `providers ${words}`, open === 0), leadToModels());
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

/** What is left, in a line. */
export function budgetLine({ about, quota }: State): string {
  if (about?.providers !== undefined) return "Calls made here count like those of the API";
  if (quota?.payment_required) return "The provider wants to be paid";
  if (isBlocked(quota)) return "Nothing is left, says the upstream";
  const window = tightestWindow(quota?.windows ?? []);
  if (window === undefined) return "";
  const when = windowOf(about?.tier, window.rule)?.when ?? "";
  return `${whole(window.left)} ${window.unit} left ${when}, shared with the API`;
}

/** For the page's title, which stands on the tab. */
export function titleOf({ about, quota }: State): string {
  if (about?.providers !== undefined && quota?.providers !== undefined)
    return `${quota.providers.filter(canBeAsked).length} of ${quota.providers.length} providers · laplas`;
  const window = tightestWindow(quota?.windows ?? []);
  if (isBlocked(quota)) return "nothing left · laplas";
  return window === undefined ? "laplas gateway" : `${whole(window.left)} left · laplas`;
}

function isBlocked(quota: State["quota"]): boolean {
  if (quota?.payment_required) return true;
  return quota?.blocked_until != null && Date.parse(quota.blocked_until) > gatewayNow();
}
