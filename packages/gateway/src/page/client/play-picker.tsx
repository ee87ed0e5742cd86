import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { canAnswer, leftWords } from "./calls-left.js";
import { findPlayModels } from "./find-play-models.js";
import { counted } from "./format.js";
import { abilitiesOf, factsOf, type PlayModel } from "./play-card.js";

/** The button that opens the list. */
export const PICKER_ID = "play-model";

export interface PlayPickerProps {
  readonly models: readonly PlayModel[];
  readonly chosen: PlayModel | undefined;
  /** What costs are counted in, where a model says nothing else. */
  readonly unit: string;
  /** Whether all that is counted is counted by the day. */
  readonly isDaily: boolean;
  readonly onChoose: (model: PlayModel) => void;
}

/** The chosen model with what it costs and can do, and the list to choose another from, by its keyboard or by a search. */
export function PlayPicker(props: PlayPickerProps): JSX.Element {
  const { chosen, unit, isDaily } = props;
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = ({ target }: Event): void => {
      if (!(target instanceof Node) || place.current?.contains(target) !== true) setOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div ref={place} class="picker">
      <button
        ref={button}
        type="button"
        id={PICKER_ID}
        class="picker-button"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <span class="hidden">Model: </span>
        <span class="mono">{chosen?.id ?? "none"}</span>
        {chosen !== undefined && (
          <span class={chosen.calls_left === null ? "chip" : canAnswer(chosen) ? "chip good" : "chip bad"}>
            {leftNow(chosen, isDaily)}
          </span>
        )}
      </button>
      {chosen !== undefined && <Facts model={chosen} unit={unit} />}
      {isOpen && <Choices {...props} onClose={close} />}
    </div>
  );
}

function Choices({
  models,
  chosen,
  unit,
  isDaily,
  onChoose,
  onClose,
}: PlayPickerProps & { readonly onClose: () => void }): JSX.Element {
  const [search, setSearch] = useState("");
  const found = findPlayModels(models, search);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      found.findIndex(({ id }) => id === chosen?.id),
    ),
  );
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest" });
  }, [active, search]);
  const choose = (model: PlayModel | undefined): void => {
    if (model === undefined) return;
    onChoose(model);
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
    const step = steps[event.key];
    if (step !== undefined) setActive(Math.max(0, Math.min(found.length - 1, active + step)));
    else if (event.key === "Enter" && !event.isComposing) choose(found[active]);
    else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
  };
  return (
    <div class="picker-list">
      <label class="hidden" for="picker-search">
        Search the models
      </label>
      <input
        ref={field}
        id="picker-search"
        type="search"
        // biome-ignore lint/a11y/noRedundantRoles: without a list of the browser's own it has another one
        role="combobox"
        list={undefined}
        aria-expanded={true}
        aria-controls="picker-options"
        aria-autocomplete="list"
        aria-activedescendant={found[active] === undefined ? undefined : `picker-option-${active}`}
        placeholder="Name, vendor, tools, reasoning, free …"
        autocomplete="off"
        spellcheck={false}
        value={search}
        onInput={({ currentTarget }) => {
          setSearch(currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id="picker-options" role="listbox" aria-label="Models">
        {found.map((model, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field of the search has the keyboard
          <div
            key={model.id}
            id={`picker-option-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={model.id === chosen?.id}
            data-active={index === active ? "" : undefined}
            onClick={() => choose(model)}
          >
            <span class="picker-name">
              <span class="mono">{model.id}</span>
              <span class={canAnswer(model) ? "soft" : "chip bad"}>{leftNow(model, isDaily)}</span>
            </span>
            <Facts model={model} unit={unit} />
          </div>
        ))}
      </div>
      <p class="soft" role="status">
        {found.length === 0 ? "No model fits every word." : counted(found.length, "model")}
      </p>
    </div>
  );
}

function Facts({ model, unit }: { readonly model: PlayModel; readonly unit: string }): JSX.Element {
  return (
    <span class="picker-facts soft">
      {[model.vendor, ...factsOf(model, unit)].join(" · ")}
      {abilitiesOf(model).map((ability) => (
        <span key={ability} class="ability">
          {ability}
        </span>
      ))}
    </span>
  );
}

/** `10 left today`, where all that is counted is counted by the day. */
function leftNow(model: PlayModel, isDaily: boolean): string {
  if (model.calls_left === null) return "calls left: not known yet";
  if (model.calls_left === "unlimited") return "no limit";
  return `${leftWords(model)} left${isDaily ? " today" : ""}`;
}
