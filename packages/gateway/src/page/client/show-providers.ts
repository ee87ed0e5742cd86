import type { ProviderBody } from "../../recent/feed.js";
import type { ProviderQuota } from "../../routes/read-quota.js";
import { element } from "./element.js";
import { countdown } from "./format.js";
import { type MeterWords, meter } from "./meter.js";
import { ticking } from "./ticker.js";
import { tightestWindow, windowOf } from "./windows.js";

/** Whether a provider can be asked now, as far as all of its models share what is left. */
export function canBeAsked({ windows, blocked_until: blocked, payment_required: isClosed }: ProviderQuota): boolean {
  return !isClosed && blocked === null && windows.every(({ left }) => Math.floor(left) > 0);
}

/** What is left at each of several providers, and how sure that is. */
export function providerCards(
  quotas: readonly ProviderQuota[],
  providers: readonly ProviderBody[],
): readonly HTMLElement[] {
  return quotas.map((quota) =>
    card(
      quota,
      providers.find(({ id }) => id === quota.provider),
    ),
  );
}

function card(quota: ProviderQuota, provider: ProviderBody | undefined): HTMLElement {
  const { title, windows, models, per_model: perModel } = quota;
  const isDoubted = !canBeAsked(quota) && windows.every(({ left }) => Math.floor(left) > 0);
  const nothing = windows.length + perModel.length === 0 ? "Nothing is counted on its tier." : undefined;
  const unused = models.length === 0 && windows.length === 0 && perModel.length > 0;
  return element(
    "section",
    { class: "provider", "data-provider": quota.provider, "aria-label": title },
    element("div", { class: "head" }, element("h3", {}, title), state(quota)),
    ...windows.map((window) => meter(window, wordsOf(window, provider, isDoubted))),
    ...models.map((model) => modelOf(model, provider)),
    (unused || nothing !== undefined) &&
      element("p", { class: "soft" }, nothing ?? "Each model counts by itself, and none has been used."),
  );
}

function state(quota: ProviderQuota): HTMLElement {
  const { blocked_until: blocked, payment_required: isClosed, windows } = quota;
  if (isClosed) return element("span", { class: "chip bad" }, "closed: it wants to be paid, laplas doctor --resume");
  if (canBeAsked(quota)) return element("span", { class: "chip good" }, "can be asked");
  const at = blocked ?? windows.find(({ left }) => Math.floor(left) <= 0)?.resets_at ?? null;
  const words = blocked === null ? "used up" : "used up, it says";
  if (at === null) return element("span", { class: "chip bad" }, words);
  return ticking(
    element("span", { class: "chip bad" }),
    (now) => `${words}: again in ${countdown(Date.parse(at) - now)}`,
  );
}

/** A model with windows of its own: the one that decides. */
function modelOf(
  { model, windows, blocked_until: blocked, off }: ProviderQuota["models"][number],
  provider: ProviderBody | undefined,
): HTMLElement {
  const tightest = windows.find(({ rule }) => rule === tightestWindow(windows)?.rule);
  const why = off ? "not on this plan" : blocked === null ? undefined : "used up, it says";
  return element(
    "div",
    {},
    element(
      "p",
      { class: "model-line" },
      element("span", { class: "mono" }, model),
      why !== undefined && element("span", { class: "chip bad" }, why),
    ),
    tightest !== undefined && meter(tightest, wordsOf(tightest, provider, why !== undefined)),
  );
}

function wordsOf(
  window: ProviderQuota["windows"][number],
  provider: ProviderBody | undefined,
  isDoubted: boolean,
): MeterWords {
  const when = windowOf(provider?.tier, window.rule)?.when ?? "";
  const fullAt = window.used + window.held > 0 ? Date.parse(window.resets_at) : undefined;
  return { isDoubted, when, fullAt, note: sure(window) };
}

/** How sure a limit is: `published 2026-09-02, stale`. */
function sure({ evidence }: ProviderQuota["windows"][number]): string {
  return evidence === null ? "" : `${evidence.status} ${evidence.date}${evidence.stale ? ", stale" : ""}`;
}
