import type { CheckBody } from "../../routes/check-body.js";
import { type CallsLeft, fetchCallsLeft } from "./calls-left.js";
import { findOther, SMALLEST } from "./find-other.js";
import { troubleOfCheck } from "./play-call.js";
import { fetchCards, type PlayCard, type PlayModel } from "./play-card.js";
import { ask } from "./session.js";
import { createStore, type Store } from "./store.js";
import { gatewayNow } from "./ticker.js";
import { isUsedUp, passesAt, type Trouble, UNREACHABLE } from "./trouble.js";

export type Modality = CallsLeft["modality"];

/** Why the chosen model was not, or would not be, asked. */
export interface Refusal {
  /** The model that it is about. */
  readonly model: string | undefined;
  readonly trouble: Trouble;
  /** Another model that would answer. `null`: there is none; `undefined`: nobody looked, since it would not help. */
  readonly other: CallsLeft | null | undefined;
  /** Whether a call met it, rather than a look at what is left. */
  readonly isOfCall: boolean;
  /** Its reader has seen it. */
  readonly isDismissed: boolean;
}

export interface PlayModelsState {
  readonly modality: Modality;
  readonly models: readonly PlayModel[];
  readonly chosenIds: Readonly<Record<Modality, string>>;
  readonly refusal: Refusal | undefined;
  /** When the chosen model answers again, in epoch milliseconds; `undefined` where nothing keeps it from answering. */
  readonly blockedUntil: number | undefined;
}

/** Which model plays, and what keeps it from answering. */
export interface PlayModels {
  readonly state: Store<PlayModelsState>;
  /** Of the kind that is shown, without those that need a picture. */
  ofKind(modality?: Modality): readonly PlayModel[];
  chosen(): PlayModel | undefined;
  /** The chosen one, once the models are read. `undefined` where they can't be had; then the refusal says so. */
  ready(): Promise<PlayModel | undefined>;
  show(modality: Modality): void;
  choose(model: Pick<CallsLeft, "id" | "modality">): void;
  /** Reads how many calls are left, and when more come back. */
  refresh(): Promise<void>;
  /** A call was not answered. */
  refuse(trouble: Trouble): Promise<void>;
  dismiss(): void;
  /** Another call is made: what came of the last one says nothing any more. */
  forget(): void;
}

/** What is chosen first where the provider has it: cheap ones that most programs know. */
const FIRST: Readonly<Record<Modality, string>> = {
  chat: "gpt-4o-mini",
  embedding: "text-embedding-3-small",
  image: "flux/schnell",
};

export function createPlayModels(): PlayModels {
  const state = createStore<PlayModelsState>({
    modality: "chat",
    models: [],
    chosenIds: FIRST,
    refusal: undefined,
    blockedUntil: undefined,
  });
  let cards: ReadonlyMap<string, PlayCard> = new Map();
  let reading: Promise<void> | undefined;
  const change = (next: Partial<PlayModelsState>): void => state.set({ ...state.get(), ...next });

  const ofKind = (modality: Modality = state.get().modality): readonly PlayModel[] =>
    state.get().models.filter((model) => model.modality === modality && !model.needs_picture);
  const chosen = (): PlayModel | undefined => {
    const { chosenIds, modality } = state.get();
    const models = ofKind();
    return models.find(({ id, aliases }) => [id, ...aliases].includes(chosenIds[modality])) ?? models[0];
  };

  const refuse = async (trouble: Trouble, isOfCall: boolean): Promise<void> => {
    const model = chosen();
    const other = model === undefined || !isUsedUp(trouble) ? undefined : await findOther(state.get().models, model);
    if (model?.id !== chosen()?.id) return;
    const refusal = { model: model?.id, trouble, other, isOfCall, isDismissed: false };
    change({ refusal, blockedUntil: stillComing(passesAt(trouble)) });
  };

  /** Asks the gateway whether a model with nothing left, or with nothing known, would answer: it knows when it does again. */
  const look = async (): Promise<void> => {
    const model = chosen();
    if (model === undefined) return;
    const { blockedUntil } = state.get();
    const isDoubtful = model.calls_left === 0 || model.calls_left === null || blockedUntil !== undefined;
    const trouble = isDoubtful ? await troubleOf(model) : undefined;
    if (chosen()?.id !== model.id) return;
    const { refusal } = state.get();
    if (trouble === undefined) {
      const isOver =
        refusal !== undefined && (!refusal.isOfCall || stillComing(passesAt(refusal.trouble)) === undefined);
      return change({
        blockedUntil: undefined,
        ...(isOver && isUsedUp(refusal.trouble) ? { refusal: undefined } : {}),
      });
    }
    if (refusal?.trouble.code === trouble.code) change({ blockedUntil: stillComing(passesAt(trouble)) });
    else await refuse(trouble, false);
  };

  const read = async (): Promise<void> => {
    const [left, found] = await Promise.all([
      fetchCallsLeft("playground/v1/calls-left").catch(() => undefined),
      cards.size === 0 ? fetchCards() : cards,
    ]);
    cards = found;
    if (left === undefined) {
      if (state.get().models.length === 0) await refuse(UNREACHABLE, true);
      return;
    }
    change({ models: left.map((model) => ({ ...model, card: cards.get(model.id) })) });
    await look();
  };

  const refresh = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  const turnTo = (next: Partial<PlayModelsState>): void => {
    change({ ...next, refusal: undefined, blockedUntil: undefined });
    void look();
  };

  return {
    state,
    ofKind,
    chosen,
    async ready() {
      if (state.get().models.length === 0) await refresh();
      return chosen();
    },
    show: (modality) => turnTo({ modality }),
    choose({ id, modality }) {
      turnTo({ modality, chosenIds: { ...state.get().chosenIds, [modality]: id } });
    },
    refresh,
    refuse: (trouble) => refuse(trouble, true),
    dismiss() {
      const { refusal } = state.get();
      if (refusal !== undefined) change({ refusal: { ...refusal, isDismissed: true } });
    },
    forget: () => change({ refusal: undefined }),
  };
}

function stillComing(at: number | undefined): number | undefined {
  return at !== undefined && at > gatewayNow() ? at : undefined;
}

/** Why the smallest call of a model would be refused; `undefined` if it would not be, or nobody can say. */
async function troubleOf({ id, modality }: PlayModel): Promise<Trouble | undefined> {
  try {
    const response = await ask("playground/v1/check", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: id, ...SMALLEST[modality] }),
    });
    const { verdict, error } = (await response.json()) as CheckBody;
    return verdict === "refuse" && error !== null ? troubleOfCheck(error) : undefined;
  } catch {
    return undefined;
  }
}
