import type { Model } from "../catalog/model.js";
import type { FatalLimitCode } from "../errors/error-codes.js";
import type { UnknownRates } from "../provider/provider.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";

/** What the tier makes of a request; the dialect writes it into the body. */
export interface CallLimits {
  /** Model tokens; absent where neither caller nor tier sets a limit. */
  readonly maxOutputTokens?: number;
  readonly imagesPerRequest?: number;
  /** Images in all, where fewer are made than were asked for. */
  readonly imageCount?: number;
  readonly imageSize?: { readonly width: number; readonly height: number };
}

/** Why a request can't be sent on this tier. */
export interface Refusal {
  readonly code: FatalLimitCode;
  readonly message: string;
  readonly param?: string;
}

/** What one rule says of one request. */
export type RuleVerdict =
  | { readonly verdict: "allow" }
  | { readonly verdict: "adjust"; readonly limits: CallLimits; readonly field: string; readonly to: string }
  | {
      readonly verdict: "split";
      readonly limits: CallLimits;
      readonly calls: number;
      readonly field: string;
      readonly to: string;
    }
  | ({ readonly verdict: "refuse" } & Refusal);

/** The tier's answer to a request. */
export type Decision =
  | {
      readonly action: "allow" | "adjust" | "split";
      readonly limits: CallLimits;
      readonly adjustments: readonly Adjustment[];
      /** Requests to make in turn; more than one only for `split`. */
      readonly calls: number;
    }
  | ({ readonly action: "refuse"; readonly rule: string } & Refusal);

/** What a decision depends on, beside the tier. */
export interface DecisionContext {
  readonly request: ReadRequest;
  /** `undefined` for an id sent although the catalog does not know it. */
  readonly model: Model | undefined;
  /** `refuse` overrides every rule's `onExcess`. */
  readonly onExcess: "adjust" | "refuse";
  /** Whether the server has refused this price today. */
  readonly refusedForCost: boolean;
  /** What a model without prices of its own is taken to cost. */
  readonly unknownRates: UnknownRates;
}

/** What a rule answers to a request that it does not touch. */
export const ALLOW: RuleVerdict = { verdict: "allow" };
