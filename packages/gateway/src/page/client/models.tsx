import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type CallsLeft, fetchCallsLeft, leftWords } from "./calls-left.js";
import { filterModels } from "./filter-models.js";
import { counted, sentence, whole } from "./format.js";
import type { State } from "./state.js";

/** How long changes are gathered before the figures are read again. */
const GATHER_MS = 1_000;

/** The models, how far the budget goes with each, and a way to try them. */
export function Models({
  state: { about, quota, calls },
  isShown,
  onTry,
}: {
  readonly state: State;
  readonly isShown: boolean;
  readonly onTry: (model: CallsLeft) => void;
}): JSX.Element {
  const [models, setModels] = useState<readonly CallsLeft[]>([]);
  const [problem, setProblem] = useState("");
  const [filter, setFilter] = useState({ search: "", kind: "", order: "calls" });
  // Read when somebody looks, and again when something was spent since.
  useEffect(() => {
    if (!isShown) return;
    const timer = setTimeout(
      () =>
        void fetchCallsLeft("v1/calls-left").then(
          (found) => {
            setModels(found);
            setProblem("");
          },
          (error: Error) => setProblem(error.message),
        ),
      models.length === 0 ? 0 : GATHER_MS,
    );
    return () => clearTimeout(timer);
  }, [isShown, about, quota, calls]);
  const found = filterModels(models, filter);
  const cost = `${about?.providers === undefined ? sentence(about?.tier.unit ?? "") : "Cost"} a call`;
  const canTry = about?.playground != null;
  return (
    <>
      <div class="title">
        <h1 id="models-title">Models</h1>
        <p class="soft" role="status">
          {problem !== ""
            ? problem
            : `${counted(found.length, "model")}${found.length < models.length ? ` of ${models.length}` : ""}. What a call costs is what the newest ones did, or the published example.`}
        </p>
      </div>
      <div class="card">
        <search>
          <form class="filters" onSubmit={(event) => event.preventDefault()}>
            <div class="grow">
              <label for="models-search">Search</label>
              <input
                id="models-search"
                type="search"
                placeholder="Name, vendor or alias"
                autocomplete="off"
                spellcheck={false}
                value={filter.search}
                onInput={({ currentTarget }) => setFilter({ ...filter, search: currentTarget.value })}
              />
            </div>
            <div>
              <label for="models-kind">Kind</label>
              <select
                id="models-kind"
                value={filter.kind}
                onInput={({ currentTarget }) => setFilter({ ...filter, kind: currentTarget.value })}
              >
                <option value="">all</option>
                <option value="chat">chat</option>
                <option value="embedding">embeddings</option>
                <option value="image">images</option>
              </select>
            </div>
            <div>
              <label for="models-order">Order</label>
              <select
                id="models-order"
                value={filter.order}
                onInput={({ currentTarget }) => setFilter({ ...filter, order: currentTarget.value })}
              >
                <option value="calls">calls left</option>
                <option value="cost">cost</option>
                <option value="name">name</option>
              </select>
            </div>
          </form>
        </search>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of a keyboard */}
        <section class="scroll" aria-labelledby="models-title" tabIndex={0}>
          <table class="list">
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col" class="kind">
                  Kind
                </th>
                <th scope="col" class="number">
                  {cost}
                </th>
                <th scope="col" class="number">
                  Calls left
                </th>
                <th scope="col">
                  <span class="hidden">Try it</span>
                </th>
              </tr>
            </thead>
            <tbody id="models-rows">
              {found.map((model) => (
                <ModelRow key={model.id} model={model} cost={cost} onTry={canTry ? onTry : undefined} />
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </>
  );
}

function ModelRow({
  model,
  cost,
  onTry,
}: {
  readonly model: CallsLeft;
  readonly cost: string;
  readonly onTry: ((model: CallsLeft) => void) | undefined;
}): JSX.Element {
  const { id, label, vendor, modality, unit, cost_per_call: each, calls_left: left } = model;
  return (
    <tr data-model={id}>
      <th scope="row">
        <span class="mono model-id">{id}</span>
        <small class="model-note">
          {label} · {vendor}
        </small>
      </th>
      <td class="kind soft">{modality}</td>
      <td class="number" data-label={cost}>
        {each === null ? "not known" : `${whole(each)}${unit === undefined ? "" : ` ${unit}`}`}
      </td>
      <td class="number" data-label="Calls left">
        {left === 0 ? <span class="chip bad">none</span> : leftWords(model)}
      </td>
      <td class="number try">
        {onTry !== undefined && !model.needs_picture && (
          <button type="button" class="small" aria-label={`Try ${id} in the playground`} onClick={() => onTry(model)}>
            Try
          </button>
        )}
      </td>
    </tr>
  );
}
