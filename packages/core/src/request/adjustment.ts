/** One thing the engine changed in a request so that it may pass. */
export interface Adjustment {
  /** The request field, as the caller knows it. */
  readonly field: string;
  /** What the caller had asked for, like `4000`, where that is a number or one of a few words; absent where nothing was asked for. */
  readonly from?: string;
  /** As `max_tokens=512`: what it became; `max_tokens=512_per_request` where the answer may be continued by further requests. */
  readonly to: string;
  /** Id of the tier rule, or `dialect` where the model's request shape asked for it. */
  readonly rule: string;
  /** Set where an answer can differ from what was asked for: `onExcess: "refuse"` makes an error of it. */
  readonly changesAnswer?: true;
}
