import { adviceFor } from "./advice.js";
import { element } from "./element.js";
import { clock, countdown } from "./format.js";
import { ticking } from "./ticker.js";

/** Why something was not answered, as far as it is known. */
export interface Trouble {
  readonly code: string | null;
  readonly message: string | null;
  readonly rule: string | null;
  /** Whether other models may have calls left under that rule. */
  readonly isOfSomeModels: boolean;
  readonly resetsAt: string | null;
  /** Epoch milliseconds, for what may be asked again. */
  readonly againAt: number | null;
}

export const NOTHING_KNOWN: Trouble = {
  code: null,
  message: null,
  rule: null,
  isOfSomeModels: false,
  resetsAt: null,
  againAt: null,
};
export const UNREACHABLE: Trouble = { ...NOTHING_KNOWN, code: "gateway_unreachable" };

/** A box that says what went wrong, by which rule, when it heals, and what to do. */
export function explain(trouble: Trouble, level: "h2" | "h3", lead: string, ...more: readonly Node[]): HTMLElement {
  const { title, isRetryable, todo } = adviceFor(trouble.code, trouble.isOfSomeModels);
  const { message, rule } = trouble;
  return element(
    "div",
    { class: isRetryable ? "why later" : "why" },
    element(level, {}, lead, title),
    message !== null && element("p", { class: "soft" }, message),
    element("p", { class: "todo" }, todo, " ", healing(trouble, isRetryable)),
    rule !== null &&
      message?.includes(rule) !== true &&
      element("p", { class: "soft" }, "Rule ", element("code", {}, rule)),
    ...more,
  );
}

function healing({ resetsAt, againAt }: Trouble, isRetryable: boolean): HTMLElement | string {
  if (againAt !== null) {
    return ticking(element("span", { role: "timer" }), (now) =>
      againAt > now ? `It may pass in ${countdown(againAt - now)}.` : "It may pass now.",
    );
  }
  if (resetsAt === null) return isRetryable ? "The same request may pass later." : "Asking again as it is can't help.";
  const at = new Date(resetsAt);
  return ticking(element("span", { role: "timer" }), (now) =>
    at.getTime() > now
      ? `It heals in ${countdown(at.getTime() - now)}, ${clock(at, new Date(now))}.`
      : "It has healed by now.",
  );
}
