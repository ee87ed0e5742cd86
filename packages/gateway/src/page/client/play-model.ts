import type { TierBody } from "../../recent/tier-body.js";
import { type CallsLeft, canAnswer, fetchCallsLeft, leftWords } from "./calls-left.js";
import { costWords } from "./cost.js";
import { button, byId, element } from "./element.js";
import { explain, type Trouble, UNREACHABLE } from "./explain.js";
import { findOther } from "./find-other.js";
import { windowOf } from "./windows.js";

export type Modality = CallsLeft["modality"];

/** Which model plays, and how many calls of it are left. */
export interface PlayModel {
  /** The chosen one. Where the models can't be had, `undefined`, and the place says why. */
  chosen(place: HTMLElement): Promise<CallsLeft | undefined>;
  /** The tier that they play under. */
  about(tier: TierBody): void;
  tier(): TierBody | undefined;
  /** Whether there are models of a kind, as far as is known. */
  has(modality: Modality): boolean;
  /** Models of another kind. */
  show(modality: Modality): void;
  choose(model: CallsLeft): void;
  refresh(): Promise<void>;
  /** Shows in a place why a call was not answered, and which model would answer. */
  refuse(place: HTMLElement, trouble: Trouble): Promise<void>;
}

/** What is chosen first where the provider has it: cheap ones that most programs know. */
const FIRST: Readonly<Record<Modality, string>> = {
  chat: "gpt-4o-mini",
  embedding: "text-embedding-3-small",
  image: "flux/schnell",
};

/** Codes of what another model may still answer. */
const SPENT = /^(free_tier_)?(daily_quota|hourly_quota|monthly_quota|model_not_on_tier|model_not_found)$/;

export function createPlayModel(): PlayModel {
  const select = byId("play-model", HTMLSelectElement);
  const left = byId("play-left", HTMLElement);
  const chosenIds: Record<Modality, string> = { ...FIRST };
  let models: readonly CallsLeft[] = [];
  let modality: Modality = "chat";
  let tier: TierBody | undefined;

  const ofKind = (kind = modality): readonly CallsLeft[] =>
    models.filter((model) => model.modality === kind && !model.needs_picture);
  const chosen = (): CallsLeft | undefined =>
    ofKind().find(({ id, aliases }) => [id, ...aliases].includes(chosenIds[modality])) ?? ofKind()[0];
  /** `10 left today`, where all that is counted is counted by the day. */
  const leftNow = (model: CallsLeft): string => {
    if (model.calls_left === null) return "calls left: not known yet";
    if (model.calls_left === "unlimited") return "no limit";
    return `${leftWords(model)} left${tier?.is_daily === true ? " today" : ""}`;
  };
  const showLeft = (): void => {
    const model = chosen();
    left.replaceChildren();
    if (model === undefined) return;
    const { cost_per_call: each } = model;
    const cost = each === null || tier === undefined ? "" : `about ${costWords(each, model.unit ?? tier.unit)} each`;
    left.append(
      element(
        "span",
        { class: model.calls_left === null ? "chip" : canAnswer(model) ? "chip good" : "chip bad" },
        leftNow(model),
      ),
      element("span", { class: "soft" }, cost),
    );
  };
  const showOptions = (): void => {
    const groups = new Map<string, HTMLElement>();
    for (const model of ofKind()) {
      const group = groups.get(model.vendor) ?? element("optgroup", { label: model.vendor });
      groups.set(model.vendor, group);
      const text = canAnswer(model) ? model.id : `${model.id} (none left)`;
      group.append(element("option", { value: model.id, selected: model.id === chosen()?.id }, text));
    }
    select.replaceChildren(...groups.values());
    showLeft();
  };
  const choose = (id: string): void => {
    chosenIds[modality] = id;
    showOptions();
  };
  select.addEventListener("input", () => choose(select.value));

  const refresh = async (): Promise<void> => {
    models = await fetchCallsLeft("playground/v1/calls-left").catch(() => models);
    // Under an open list of choices nothing is exchanged.
    if (document.activeElement === select) showLeft();
    else showOptions();
  };
  const refuse = async (place: HTMLElement, trouble: Trouble): Promise<void> => {
    const model = chosen();
    await refresh();
    const other = model === undefined || !SPENT.test(trouble.code ?? "") ? undefined : await findOther(models, model);
    const isOfSomeModels = windowOf(tier, trouble.rule)?.is_of_some_models === true;
    place.replaceChildren(explain({ ...trouble, isOfSomeModels }, "h3", "", ...remedyFor(other)));
    place.scrollIntoView({ block: "nearest" });
  };
  return {
    async chosen(place) {
      if (models.length === 0) await refresh();
      const model = chosen();
      if (model === undefined) await refuse(place, UNREACHABLE);
      return model;
    },
    about(next) {
      tier = next;
    },
    tier() {
      const unit = chosen()?.unit;
      // Of several providers each counts in its own.
      if (tier === undefined || unit === undefined) return tier;
      return { ...tier, unit, metric: unit === "API tokens" ? "api_tokens" : unit === "tokens" ? "tokens" : "credits" };
    },
    has: (kind) => models.length === 0 || ofKind(kind).length > 0,
    show(next) {
      modality = next;
      showOptions();
    },
    choose: ({ id, modality: kind }) => {
      chosenIds[kind] = id;
      showOptions();
    },
    refresh,
    refuse,
  };

  function remedyFor(other: CallsLeft | null | undefined): readonly Node[] {
    if (other === undefined) return [];
    if (other === null) return [element("p", {}, "Until then no model of this kind answers.")];
    const use = button(`Use ${other.id}`, { class: "small" }, () => {
      choose(other.id);
      for (const box of document.querySelectorAll("[id$='-limit']")) box.replaceChildren();
      select.focus();
    });
    const words = `Still answers: ${other.id}, ${leftNow(other)}. `;
    return [element("p", {}, words, use)];
  }
}
