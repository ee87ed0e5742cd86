import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { budgetLine } from "./budget-words.js";
import type { CallsLeft } from "./calls-left.js";
import { createChat } from "./create-chat.js";
import { createPlayModels, type Modality, type PlayModels } from "./create-play-models.js";
import { loadLibrary } from "./load-library.js";
import { play } from "./play-call.js";
import { PlayChat } from "./play-chat.js";
import { PlayEmbeddings } from "./play-embeddings.js";
import { PlayImages } from "./play-images.js";
import type { PlayPanelProps } from "./play-panel.js";
import { PICKER_ID, PlayPicker } from "./play-picker.js";
import { PlayRefusal } from "./play-refusal.js";
import { KINDS, PlayTabs } from "./play-tabs.js";
import type { State } from "./state.js";
import { useStore } from "./store.js";
import { isOfSomeModels } from "./windows.js";

/** What the playground is given. */
export interface PlaygroundProps {
  /** All that the gateway told; `about.playground` is `null` where there is none. */
  readonly state: State;
  /** Whether it is looked at. It stays mounted all the same, so that a conversation outlives a look at another view. */
  readonly isShown: boolean;
  /** The model that somebody wants to try: a new object for each wish. */
  readonly wanted: CallsLeft | undefined;
}

/** How long changes are gathered before the figures are read again. */
const GATHER_MS = 1_000;

/** The view of the playground. */
export function Playground({ state, isShown, wanted }: PlaygroundProps): JSX.Element {
  const [models] = useState(createPlayModels);
  const hasTier = state.about?.playground != null;
  useEffect(() => {
    // Soon needed; a part that needs it tries again.
    if (isShown && hasTier) void loadLibrary().catch(() => {});
  }, [isShown, hasTier]);
  useEffect(() => {
    if (!isShown || !hasTier) return;
    const isFirst = models.state.get().models.length === 0;
    const timer = setTimeout(() => void models.refresh(), isFirst ? 0 : GATHER_MS);
    return () => clearTimeout(timer);
  }, [isShown, hasTier, state.quota, state.calls]);
  useEffect(() => {
    if (wanted !== undefined) models.choose(wanted);
  }, [wanted]);
  return (
    <>
      <div class="title">
        <h1 id="playground-title">Playground</h1>
        {hasTier && (
          <p id="playground-limits" class="soft">
            {limitsOf(state)}. <b>{budgetLine(state)}</b>
          </p>
        )}
      </div>
      {hasTier ? <Body state={state} models={models} /> : <p class="card">{whyNone(state)}</p>}
    </>
  );
}

function Body({ state, models }: { readonly state: State; readonly models: PlayModels }): JSX.Element {
  const { about } = state;
  const tier = about?.playground ?? undefined;
  const { modality, models: all, refusal, blockedUntil } = useStore(models.state);
  const chosen = models.chosen();
  const unit = chosen?.unit ?? tier?.unit ?? "";
  const [chat] = useState(() =>
    createChat({
      model: async () => (await models.ready())?.id,
      play: (body, onWait, signal) => play("chat/completions", body, onWait, signal),
      refuse: models.refuse,
      onAsk: models.forget,
      onAnswer: models.refresh,
      isPaidInTokens: () => isInTokens(models, tier?.metric),
    }),
  );
  // A tier may serve pictures alone: then there is no place to chat.
  const kinds = KINDS.filter((kind) => all.length === 0 || models.ofKind(kind).length > 0);
  const [first] = kinds;
  useEffect(() => {
    if (first !== undefined && !kinds.includes(modality)) models.show(first);
  }, [first, modality]);
  const box = (
    <div role="alert">
      {refusal !== undefined && !refusal.isDismissed && (
        <PlayRefusal
          refusal={refusal}
          isOfSomeModels={isOfSomeModels(about, refusal.trouble.rule)}
          onUse={(model) => {
            models.choose(model);
            focusPicker();
          }}
          onDismiss={() => {
            models.dismiss();
            focusPicker();
          }}
        />
      )}
    </div>
  );
  const panelOf = (kind: Modality): JSX.Element => {
    const isShown = kind === modality;
    const panel: PlayPanelProps = {
      models,
      unit,
      blockedUntil: isShown ? blockedUntil : undefined,
      refusal: isShown ? box : undefined,
      onFree: () => void models.refresh(),
    };
    if (kind === "chat") return <PlayChat chat={chat} calls={state.calls} {...panel} />;
    return kind === "embedding" ? <PlayEmbeddings {...panel} /> : <PlayImages {...panel} />;
  };
  return (
    <div class="card playground">
      <div class="play-head">
        <PlayTabs kinds={kinds} shown={modality} onShow={models.show} />
        <PlayPicker
          models={models.ofKind()}
          chosen={chosen}
          unit={tier?.unit ?? ""}
          isDaily={tier?.is_daily === true}
          onChoose={models.choose}
        />
      </div>
      {kinds.map((kind) => (
        <div key={kind} id={`panel-${kind}`} role="tabpanel" aria-labelledby={`tab-${kind}`} hidden={kind !== modality}>
          {panelOf(kind)}
        </div>
      ))}
    </div>
  );
}

/** The box goes, and the keyboard's place with it. */
function focusPicker(): void {
  document.getElementById(PICKER_ID)?.focus();
}

/** Of several providers each counts in its own. */
function isInTokens(models: PlayModels, metric: string | undefined): boolean {
  const unit = models.chosen()?.unit;
  return unit === undefined ? metric === "tokens" : unit === "tokens";
}

/** Those of the first of several providers would be taken for those of all. */
function limitsOf({ about }: State): string {
  if (about?.providers !== undefined) return "Each model has the limits of its provider, which the overview lists";
  return (about?.playground?.rules ?? [])
    .flatMap(({ is_shared: isShared, given }) => (isShared ? [given] : []))
    .join(" · ");
}

/** See `openPlayground` of `laplas serve`. */
function whyNone({ about, quota }: State): string {
  const lead = "This gateway has no playground:";
  if (about?.tier.rules.length === 0) return `${lead} its tier has no limits that would stop a player.`;
  if (quota?.ledger !== "memory") return `${lead} the program that runs it gave it none.`;
  return `${lead} its account is kept in memory, where no second tier can share it. With another ledger (--ledger sqlite) it has one.`;
}
