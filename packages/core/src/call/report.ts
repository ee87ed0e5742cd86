import type { WindowLeft } from "../account/remaining.js";
import type { Ended, SeamKind } from "../continuation/ended.js";
import { type CostFields, type CostUnit, costIn } from "../cost/meter.js";
import type { Adjustment } from "../request/adjustment.js";

/** How an answer came about. On answers as `laplas`, in LangChain's `response_metadata.laplas`, in headers `x-laplas-*`. */
export interface CallReport extends CostFields {
  /** Id of the provider that answered. */
  readonly provider: string;
  /** True if the server named no cost, so this is ours. */
  readonly estimated: boolean;
  readonly adjusted: readonly Adjustment[];
  /** Time in the queue, and in pauses before a new attempt. */
  readonly waitedMs: number;
  /** Requests sent, retries included. */
  readonly attempts: number;
  /** What is left, in the provider's unit of cost, in the tightest window of the tier; absent where nothing is limited. */
  readonly remaining?: number;
  /** When that window resets. */
  readonly resetsAt?: Date;
  /** What each window of the tier that binds the call has left. */
  readonly windows: readonly WindowLeft[];
  /** True if the answer ends at the tier's output limit and not where the model would have ended. */
  readonly truncatedByTier: boolean;
  /** The upstream's id of the request; where it gives none, one of ours. The `call` event has the same. */
  readonly requestId: string;
  /** The requests whose answers this one was put together from, where `continueAtCap` allows more than one. */
  readonly parts?: readonly PartReport[];
  /** Why the answer is no longer; there with `parts`. Of several choices the first that is not complete tells it. */
  readonly ended?: Ended;
}

/** One request of a long answer. */
export interface PartReport extends CostFields {
  /** How its text was joined to the text before it. */
  readonly seam: SeamKind;
}

/** How a part of a long answer came about. */
export interface PartStory {
  /** What the call had cost before it, in the provider's unit: of a part that was given up the cost comes late. */
  readonly costBefore: number;
  readonly seam: SeamKind;
}

/** How a long answer came together. */
export interface LongStory {
  readonly parts: PartStory[];
  /** Why each of its choices is no longer. */
  readonly ended: Ended[];
}

/** What a report says of a long answer. @param cost of the whole call */
export function longReport(
  story: LongStory | undefined,
  cost: number,
  unit: CostUnit,
): Pick<CallReport, "parts" | "ended"> {
  if (story === undefined || story.parts.length === 0) return {};
  const ended = story.ended.find((why) => why !== "complete") ?? story.ended[0];
  const parts = story.parts.map(({ costBefore, seam }, place) => {
    const costAfter = story.parts[place + 1]?.costBefore ?? cost;
    return { ...costIn(unit, costAfter - costBefore), seam };
  });
  return { parts, ...(ended === undefined ? {} : { ended }) };
}
