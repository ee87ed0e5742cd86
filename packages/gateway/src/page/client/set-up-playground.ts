import type { CallsLeft } from "./calls-left.js";
import { byId } from "./element.js";
import { setUpChat } from "./play-chat.js";
import { setUpEmbeddings } from "./play-embeddings.js";
import { setUpImages } from "./play-images.js";
import { createPlayModel, type Modality } from "./play-model.js";
import { budgetLine } from "./show-budget.js";
import type { State } from "./state.js";

/** The view of the playground. */
export interface Playground {
  /** The gateway has told what it is about: whether there is a playground, and under which tier. */
  about(state: State): void;
  /** Reads anew how many calls are left. */
  refresh(): Promise<void>;
  /** Opens it with a model. */
  tryModel(model: CallsLeft): void;
}

const KINDS: readonly Modality[] = ["chat", "embedding", "image"];

export function setUpPlayground(): Playground {
  const model = createPlayModel();
  setUpChat(model);
  setUpEmbeddings(model);
  setUpImages(model);
  const tabs = KINDS.map((kind) => ({ kind, tab: byId(`tab-${kind}`, HTMLButtonElement) }));

  const open = (kind: Modality): void => {
    for (const { kind: one, tab } of tabs) {
      tab.setAttribute("aria-selected", String(one === kind));
      tab.tabIndex = one === kind ? 0 : -1;
      byId(`panel-${one}`, HTMLElement).hidden = one !== kind;
    }
    model.show(kind);
  };
  /** A tier may serve pictures alone: then there is no place to chat. */
  const offer = (): void => {
    for (const { kind, tab } of tabs) tab.hidden = !model.has(kind);
    const first = tabs.find(({ kind }) => model.has(kind));
    if (first !== undefined && tabs.some(({ tab }) => tab.hidden && tab.ariaSelected === "true")) open(first.kind);
  };
  for (const { kind, tab } of tabs) {
    tab.addEventListener("click", () => open(kind));
    tab.addEventListener("keydown", ({ key }) => {
      const shown = tabs.filter((one) => !one.tab.hidden);
      const index = shown.findIndex((one) => one.kind === kind);
      const places: Readonly<Record<string, number>> = {
        ArrowRight: index + 1,
        ArrowLeft: index - 1 + shown.length,
        Home: 0,
        End: shown.length - 1,
      };
      const next = shown[(places[key] ?? Number.NaN) % shown.length];
      if (next === undefined) return;
      open(next.kind);
      next.tab.focus();
    });
  }

  return {
    about(state) {
      const tier = state.about?.playground ?? undefined;
      const none = byId("playground-none", HTMLElement);
      byId("playground-body", HTMLElement).hidden = tier === undefined;
      byId("playground-limits", HTMLElement).hidden = tier === undefined;
      none.hidden = tier !== undefined;
      none.textContent = whyNone(state);
      if (tier !== undefined) model.about(tier);
      byId("playground-budget", HTMLElement).textContent = budgetLine(state);
      const limits = tier?.rules.filter(({ is_shared: isShared }) => isShared) ?? [];
      // Those of the first of several providers would be taken for those of all.
      byId("playground-rules", HTMLElement).textContent =
        state.about?.providers === undefined
          ? limits.map(({ given }) => given).join(" · ")
          : "Each model has the limits of its provider, which the overview lists";
    },
    async refresh() {
      await model.refresh();
      offer();
    },
    tryModel(chosen) {
      open(chosen.modality);
      model.choose(chosen);
    },
  };
}

/** See `openPlayground` of `laplas serve`. */
function whyNone({ about, quota }: State): string {
  const lead = "This gateway has no playground:";
  if (about?.tier.rules.length === 0) return `${lead} its tier has no limits that would stop whoever plays.`;
  if (quota?.ledger !== "memory") return `${lead} the program that runs it gave it none.`;
  return `${lead} its account is kept in memory, where no second tier can share it. With another ledger (--ledger sqlite) it has one.`;
}
