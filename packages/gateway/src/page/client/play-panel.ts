import type { JSX } from "preact";
import type { PlayModels } from "./create-play-models.js";

/** What each kind of play is given. */
export interface PlayPanelProps {
  readonly models: PlayModels;
  /** What the chosen model's costs are counted in. */
  readonly unit: string;
  /** When the chosen model answers again, in epoch milliseconds; `undefined` where nothing keeps it from answering. */
  readonly blockedUntil: number | undefined;
  /** Why nothing was answered; of the panel that is shown. */
  readonly refusal: JSX.Element | undefined;
  /** The time is over for which the model was blocked. */
  readonly onFree: () => void;
}
