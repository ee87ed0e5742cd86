import { styleText } from "node:util";
import { note, table } from "./screen.ts";
import { count, resetText } from "./words.ts";
import type { World } from "./world.ts";

/** What the run has used: of the sandbox's account, or of the key's. */
export async function showAccount({ isReal, laplas, tally, refusedUpstream }: World): Promise<void> {
  const { windows } = await laplas.status();
  const { calls, apiTokens, refusedHere } = tally();
  note(isReal ? "Your key's" : "The sandbox's own: it counts like the API and is discarded at the end");
  table([
    ["Calls answered", count(calls)],
    [isReal ? "API tokens used" : "API tokens counted", count(apiTokens)],
    ...windows.flatMap(({ left, limit, resetsAt }): [string, string][] => [
      ["Left today", `${count(left)} of ${count(limit)}`],
      ["Resets in", resetText(resetsAt)],
    ]),
    ["Refused here", count(refusedHere)],
    ["Refused upstream", styleText("bold", count(refusedUpstream()))],
  ]);
}
