import { type CallsLeft, fetchCallsLeft, leftNumber, leftWords } from "./calls-left.js";
import { button, byId, element } from "./element.js";
import { counted, whole } from "./format.js";

/** How the list is cut down and ordered. */
export interface ModelFilter {
  readonly search: string;
  readonly kind: string;
  readonly order: string;
}

/** The models that a filter leaves, in its order. */
export function filterModels(models: readonly CallsLeft[], { search, kind, order }: ModelFilter): readonly CallsLeft[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = models.filter(({ id, label, vendor, aliases, modality }) => {
    const text = [id, label, vendor, ...aliases].join(" ").toLowerCase();
    return (kind === "" || kind === modality) && words.every((word) => text.includes(word));
  });
  const byName = (one: CallsLeft, other: CallsLeft): number => one.label.localeCompare(other.label);
  const costOf = ({ cost_per_call: cost }: CallsLeft): number => cost ?? Number.POSITIVE_INFINITY;
  if (order === "name") return found.sort(byName);
  if (order === "cost") return found.sort((one, other) => compare(costOf(one), costOf(other)) || byName(one, other));
  return found.sort((one, other) => compare(leftNumber(other), leftNumber(one)) || byName(one, other));
}

/** Infinity less Infinity is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** The view of models. Its figures are read when it is looked at, and again when something was spent. */
export interface ModelView {
  refresh(): Promise<void>;
}

/**
 * @param canTry whether there is a playground to try a model in
 * @param unit what costs are counted in
 */
export function createModelView(
  onTry: (model: CallsLeft) => void,
  { canTry, unit }: { readonly canTry: () => boolean; readonly unit: () => string },
): ModelView {
  const search = byId("models-search", HTMLInputElement);
  const kind = byId("models-kind", HTMLSelectElement);
  const order = byId("models-order", HTMLSelectElement);
  const rows = byId("models-rows", HTMLElement);
  const count = byId("models-count", HTMLElement);
  let models: readonly CallsLeft[] = [];

  const show = (): void => {
    const found = filterModels(models, { search: search.value, kind: kind.value, order: order.value });
    count.textContent = `${counted(found.length, "model")}${found.length < models.length ? ` of ${models.length}` : ""}. What a call costs is what the newest ones did, or the published example.`;
    const cost = `${unit().slice(0, 1).toUpperCase()}${unit().slice(1)} a call`;
    byId("models-cost", HTMLElement).textContent = cost;
    rows.replaceChildren(...found.map((model) => rowOf(model, cost, canTry() ? onTry : undefined)));
  };
  for (const field of [search, kind, order]) field.addEventListener("input", show);
  byId("models-form", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());

  return {
    async refresh() {
      try {
        models = await fetchCallsLeft("v1/calls-left");
        show();
      } catch (error) {
        count.textContent = (error as Error).message;
      }
    },
  };
}

function rowOf(model: CallsLeft, costTitle: string, onTry: ((model: CallsLeft) => void) | undefined): HTMLElement {
  const { id, label, vendor, modality, cost_per_call: cost, calls_left: left, needs_picture: needsPicture } = model;
  const isNone = left === 0;
  return element(
    "tr",
    { "data-model": id },
    element(
      "th",
      { scope: "row" },
      element("span", { class: "mono model-id" }, id),
      element("small", { class: "model-note" }, `${label} · ${vendor}`),
    ),
    element("td", { class: "kind soft" }, modality),
    element(
      "td",
      { class: "number", "data-label": costTitle },
      cost === null ? "not known" : `${whole(cost)}${model.unit === undefined ? "" : ` ${model.unit}`}`,
    ),
    element(
      "td",
      { class: "number", "data-label": "Calls left" },
      isNone ? element("span", { class: "chip bad" }, "none") : leftWords(model),
    ),
    element(
      "td",
      { class: "number try" },
      onTry !== undefined &&
        !needsPicture &&
        button("Try", { class: "small", "aria-label": `Try ${id} in the playground` }, () => onTry(model)),
    ),
  );
}
