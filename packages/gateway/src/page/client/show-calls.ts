import { endedWords } from "../../recent/ended-words.js";
import type { RecentCall } from "../../recent/recent-call.js";
import { adviceFor } from "./advice.js";
import { costOf } from "./cost.js";
import { element } from "./element.js";
import { ago, span, whole } from "./format.js";
import type { State } from "./state.js";
import { ticking } from "./ticker.js";
import { isOfSomeModels } from "./windows.js";

const KINDS = { chat: "chat", embedding: "embeddings", image: "image" } as const;
const OUTCOMES = {
  answered: ["answered", "chip good"],
  refused: ["refused", "chip bad"],
  failed: ["failed", "chip bad"],
  aborted: ["left early", "chip"],
} as const;

export function isTrouble({ outcome }: RecentCall): boolean {
  return outcome === "refused" || outcome === "failed";
}

/** Where the list of calls stands, and what belongs to it. */
export interface CallListPlace {
  readonly list: HTMLElement;
  readonly more: HTMLButtonElement;
  /** Said where there is nothing to show. */
  readonly none: HTMLElement;
  readonly noTrouble: HTMLElement;
}

const SHOWN_AT_FIRST = 20;
const SHOWN_MORE = 60;

/** A list of calls that keeps the rows it has: what somebody reads or marks does not move away under them. */
export function createCallList({
  list: place,
  more,
  none,
  noTrouble,
}: CallListPlace): (state: State, onlyTrouble: boolean) => void {
  const rows = new Map<number, { call: RecentCall; row: HTMLElement }>();
  let isFirst = true;
  let most = SHOWN_AT_FIRST;
  let again = (): void => {};
  more.addEventListener("click", () => {
    const last = place.lastElementChild;
    most += SHOWN_MORE;
    again();
    // The button may be gone: whoever came by keyboard goes on at what it brought.
    if (more.hidden) (last?.nextElementSibling as HTMLElement | null)?.focus();
  });
  const show = ({ about, calls }: State, onlyTrouble: boolean): void => {
    const found = onlyTrouble ? calls.filter(isTrouble) : calls;
    const wanted = found.slice(0, most);
    none.hidden = calls.length > 0;
    noTrouble.hidden = calls.length === 0 || found.length > 0;
    more.hidden = found.length <= most;
    more.textContent = `Show ${Math.min(SHOWN_MORE, found.length - most)} more of ${found.length}`;
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, { row }] of rows) {
      if (ids.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    let before: Element | null = place.firstElementChild;
    for (const call of wanted) {
      const known = rows.get(call.id);
      if (known !== undefined && isSame(known.call, call)) {
        if (known.row === before) before = before.nextElementSibling;
        else place.insertBefore(known.row, before);
        continue;
      }
      const isFresh = !isFirst && known === undefined;
      const row = rowOf(call, isOfSomeModels(about, call.rule), call.unit ?? about?.tier.unit ?? "", isFresh);
      if (known !== undefined && known.row === before) before = before.nextElementSibling;
      known?.row.remove();
      place.insertBefore(row, before);
      rows.set(call.id, { call, row });
    }
    isFirst = false;
  };
  return (state, onlyTrouble) => {
    again = () => show(state, onlyTrouble);
    again();
  };
}

/** Whether a call that is told again is told as before. */
export function isSame(one: RecentCall, other: RecentCall): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function rowOf(call: RecentCall, ofSomeModels: boolean, unit: string, isFresh: boolean): HTMLElement {
  const { outcome, code, at, adjusted, parts, waited_ms: waitedMs, times, prompt } = call;
  const ended = endedWords(call.ended);
  const [word, look] = OUTCOMES[outcome];
  // What was never sent was not changed for anybody.
  const isAdjusted = adjusted.length > 0 && outcome !== "refused";
  const trouble = isTrouble(call) ? adviceFor(code, ofSomeModels) : undefined;
  return element(
    "li",
    { class: isFresh ? "fresh" : undefined, tabindex: -1 },
    element("span", {}, element("span", { class: trouble?.isRetryable === true ? "chip warn" : look }, word)),
    element(
      "p",
      { class: "what" },
      element("span", { class: "mono" }, nameOf(call)),
      element("span", { class: "soft" }, whoAndHow(call)),
      waitedMs >= 100 && element("span", { class: "chip warn" }, `waited ${span(waitedMs)}`),
      parts !== null && parts > 1 && element("span", { class: "chip info" }, `${parts} parts`),
      ended !== undefined && element("span", { class: "chip warn" }, ended),
      trouble !== undefined &&
        element(
          "span",
          { class: trouble.isRetryable ? "chip warn" : "chip bad" },
          trouble.isRetryable ? "can be retried" : "retrying won't help",
        ),
      times > 1 && element("span", { class: "chip" }, `${times} times`),
      isAdjusted &&
        element(
          "span",
          { class: "change" },
          element("span", { class: "chip info" }, "adjusted"),
          element("span", { class: "soft" }, adjusted.map(change).join("; ")),
        ),
    ),
    element("p", { class: "figures" }, ...figures(call, unit)),
    ticking(element("time", { class: "time", datetime: at, title: at }), (now) => ago(now - Date.parse(at))),
    notesOf(
      trouble !== undefined &&
        element(
          "p",
          {},
          element("b", {}, `${trouble.title}. `),
          call.message ?? (code === null ? "" : `Code ${code}.`),
        ),
      trouble !== undefined && element("p", {}, element("b", {}, "What to do: "), trouble.todo),
      prompt !== null && element("p", { class: "prompt" }, prompt),
    ),
  );
}

/** `max_tokens → 512, rule output_tokens`. */
function change({ to, rule }: RecentCall["adjusted"][number]): string {
  const [field, ...value] = to.split("=");
  return `${field} → ${value.join("=").replaceAll("_", " ")}, ${rule === "dialect" ? "as the model takes it" : `rule ${rule}`}`;
}

function notesOf(...notes: readonly (HTMLElement | false)[]): HTMLElement | undefined {
  return notes.some(Boolean) ? element("div", { class: "notes" }, ...notes) : undefined;
}

function nameOf({ model, path, provider }: RecentCall): string {
  if (model === "") return path ?? "no model named";
  return provider === undefined || model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}

function whoAndHow({ client, endpoint, streamed, surface }: RecentCall): string {
  const how = endpoint === null ? "turned away" : `${KINDS[endpoint]}${streamed ? ", streamed" : ""}`;
  return [surface === "playground" ? "playground" : client, how].filter(Boolean).join(" · ");
}

function figures(call: RecentCall, unit: string): (Node | string)[] {
  const { endpoint, outcome, estimated, duration_ms: durationMs } = call;
  if (endpoint === null) return [];
  if (outcome === "refused") return ["cost nothing"];
  return [element("b", {}, `${estimated ? "about " : ""}${whole(costOf(call))}`), ` ${unit} · ${span(durationMs)}`];
}
