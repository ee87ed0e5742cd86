import type { CostRange, LongAnswerCost } from "@laplas/core";
import { costWords, counted, whole } from "@laplas/gateway/bodies";

/** The expected cost first, the worst beside it where it differs. */
export function costText({ expected, worst, unit }: CostRange): string {
  const usual = costWords(expected, { name: unit });
  return worst > expected ? `about ${usual}, at most ${whole(Math.ceil(worst))}` : usual;
}

/**
 * What it takes if answers become as long as they may, as a row; none where no answer is continued.
 *
 * @param beyond what happens where the budget is too small for it
 */
export function longAnswerText(
  long: LongAnswerCost | undefined,
  beyond = "it would end early",
): (readonly [string, string])[] {
  if (long === undefined) return [];
  const { parts, tokens, expected, worst, unit, shareOfDay = 0, shareOfLeft = 0 } = long;
  // Nobody knows how long an answer gets: also where prompt and rates leave nothing to guess, it is an estimate.
  const cost = worst > expected ? costText(long) : `about ${costWords(expected, { name: unit })}`;
  const share = long.shareOfDay === undefined ? "" : `; ${percent(shareOfDay)} of a day`;
  const than = shareOfDay > 1 ? "a day has" : shareOfLeft > 1 ? "is left" : undefined;
  const early = than === undefined ? "" : `. More than ${than}: ${beyond} (budget)`;
  return [["If long", `${whole(tokens)} model tokens in ${counted(parts, "request")}: ${cost}${share}${early}`]];
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "less than 1 %" : `${whole(Math.round(share * 100))} %`;
}
