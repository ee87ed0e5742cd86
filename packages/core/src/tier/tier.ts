import type { Modality } from "../catalog/model.js";
import type { CostUnit, Meter } from "../cost/meter.js";

/** Where a rule's value comes from, so that a reader can judge it. */
export interface Evidence {
  /** Page, message or reasoning. */
  readonly source: string;
  /** ISO date of the source. */
  readonly date: string;
  /** `published`: the source says so. `assumed`: nobody does, and this is the value taken. `observed`: servers were seen to keep to it. */
  readonly status: "published" | "assumed" | "observed";
  /** Days after which the source should be read again. Absent: a source that does not change. */
  readonly goodForDays?: number | undefined;
}

interface RuleBase<Kind extends string> {
  /** Lower case, unique in the tier; errors and reports name it. */
  readonly id: string;
  readonly kind: Kind;
  /**
   * The models that the rule binds: ids, or patterns in which `*` stands for any text; with a leading `!` those that it does not.
   * Absent: all that it can bind.
   */
  readonly models?: readonly string[] | undefined;
  readonly evidence: Evidence;
}

/** Which kinds of model the tier serves. */
export interface AllowedModalitiesRule extends RuleBase<"allowedModalities"> {
  readonly modalities: readonly Modality[];
}

/** The only models that the tier serves. */
export interface AllowedModelsRule extends RuleBase<"allowedModels"> {
  readonly models: readonly string[];
}

/** Longest prompt, in model tokens. A prompt is refused where even a low estimate is longer. */
export interface MaxInputTokensRule extends RuleBase<"maxInputTokens"> {
  readonly limit: number;
}

/** Longest answer, in model tokens: what `max_tokens` means. */
export interface MaxOutputTokensRule extends RuleBase<"maxOutputTokens"> {
  readonly limit: number;
  readonly onExcess: "adjust" | "refuse";
}

/** Content parts, by `type`, that no message may hold, in any role, tool results included. */
export interface ForbiddenContentRule extends RuleBase<"forbiddenContent"> {
  readonly partTypes: readonly string[];
}

/** Images per request. `split` makes several requests of one. */
export interface MaxImagesRule extends RuleBase<"maxImages"> {
  readonly limit: number;
  readonly onExcess: "adjust" | "split" | "refuse";
}

/** Largest image, in pixels. */
export interface MaxImageSizeRule extends RuleBase<"maxImageSize"> {
  readonly width: number;
  readonly height: number;
  readonly onExcess: "adjust" | "refuse";
}

/** Most expensive request, in the provider's unit of cost. A price nobody published refuses nothing; what the server refuses is remembered. */
export interface MaxRequestCostRule extends RuleBase<"maxRequestCost"> {
  readonly limit: number;
  readonly modalities: readonly Modality[];
}

/** Calls of one account that may run at once. */
export interface ConcurrencyRule extends RuleBase<"concurrency"> {
  readonly limit: number;
}

/** When a window begins anew. */
export type Period =
  /** At `resetHour` o'clock, by the clock of an IANA zone. */
  | { readonly type: "day"; readonly zone: string; readonly resetHour: number }
  /** The same hour on the first day of each month. */
  | { readonly type: "month"; readonly zone: string; readonly resetHour: number }
  /** With each hour of the clock. */
  | { readonly type: "hour" }
  /** With each minute of the clock. */
  | { readonly type: "minute" }
  /** Each call leaves the window `spanMs` after it was counted. */
  | { readonly type: "rolling"; readonly spanMs: number }
  /** Refills continuously, the whole limit in `spanMs`. */
  | { readonly type: "bucket"; readonly spanMs: number };

/** Periods that begin anew at an edge of the calendar. */
export type CalendarPeriod = Exclude<Period, { type: "rolling" | "bucket" }>;

/** How much may be used in a stretch of time. */
export interface WindowRule extends RuleBase<"window"> {
  /** `credits` are the provider's own unit of cost; `tokens` model tokens, of the prompt and the answer together. */
  readonly meter: Meter;
  /** 0: not on this plan. The tier does not serve the calls that the rule binds. */
  readonly limit: number;
  readonly period: Period;
  /** What shares one count: each model for itself, all models that the rule names together, or all calls of the account. */
  readonly scope: "model" | "pool" | "account";
  /** Skew between this clock and the server's that a calendar edge forgives, in milliseconds. */
  readonly marginMs: number;
  /** Whether a call counts in the window in which it begins, or in that in which it ends. @default both, the safe choice */
  readonly countFrom?: "start" | "end" | undefined;
  /**
   * What a call takes before its answer is known. `expected`: a usual answer, and it passes while anything is left. `asked`: its prompt and
   * the longest answer that it asks for, all of which must fit; a longer answer than an empty window has room for is not asked for. Not of
   * requests.
   *
   * @default "expected"
   */
  readonly hold?: "expected" | "asked" | undefined;
  /** With `hold: "asked"`: whether the window gets back what the answer did not need. @default false */
  readonly refund?: boolean | undefined;
  /** With `hold: "asked"`: a chat is refused where no window has room for an answer of so many model tokens. @default 256 */
  readonly leastAnswer?: number | undefined;
  /** With `hold: "asked"`: the limit, in model tokens, of a chat that sets none. @default 1024 */
  readonly usualAnswer?: number | undefined;
  /**
   * Of requests: whether one that failed counts as well, if it was sent and the failure was no limit of the provider's.
   *
   * @default false: what the provider answers with an error is free
   */
  readonly countsFailures?: boolean | undefined;
  /**
   * Whether a request is refused that may need more than is left, so that its usual amount has to fit. Always so of requests, of buckets
   * that refill, and with `hold: "asked"`.
   *
   * @default false: while anything is left, a request is let in
   */
  readonly mustFit?: boolean | undefined;
  /**
   * Whether it counts in rows of its own, where windows of one meter share theirs. Filled in for a window that the provider reports beside
   * others of its meter: what was used elsewhere in a day must not fill the minute.
   *
   * @default whether that is so
   */
  readonly ownCount?: boolean | undefined;
}

export type Rule =
  | AllowedModalitiesRule
  | AllowedModelsRule
  | MaxInputTokensRule
  | MaxOutputTokensRule
  | ForbiddenContentRule
  | MaxImagesRule
  | MaxImageSizeRule
  | MaxRequestCostRule
  | ConcurrencyRule
  | WindowRule;

/** A tier with every default filled in and inheritance resolved. */
export interface Tier {
  readonly name: string;
  readonly title: string;
  /** What the provider counts a call's cost in. */
  readonly unit: CostUnit;
  readonly rules: readonly Rule[];
}

type OptionalFields<R, Name extends string> = R extends unknown
  ? Omit<R, Name> & Partial<Pick<R, Name & keyof R>>
  : never;
type DocumentPeriod = OptionalFields<Period, "zone" | "resetHour">;
type DocumentRule<R> = R extends WindowRule
  ? OptionalFields<Omit<R, "period">, "scope" | "marginMs"> & { readonly period: DocumentPeriod }
  : OptionalFields<R, "onExcess">;

/** A tier as its author writes it: a plain document. */
export interface TierDocument {
  /** Lower case; a configuration may call the tier by it. */
  readonly name: string;
  readonly title: string;
  /** Another tier of the provider, whose rules hold too. A rule with the id of an inherited one replaces it. */
  readonly extends?: string | undefined;
  /** As a tier that was resolved has it. @default the provider's */
  readonly unit?: CostUnit | undefined;
  readonly rules: readonly DocumentRule<Rule>[];
}
