import type { CallReport } from "@laplas/core";

type Ended = NonNullable<CallReport["ended"]>;

/** Why an answer is no longer, in words for people; nothing of one that is complete needs saying. */
const WORDS: Readonly<Record<Exclude<Ended, "complete">, string>> = {
  max_tokens: "ends at max_tokens",
  parts: "cut: all follow-ups are used up",
  no_proof: "cut: no follow-up could be joined",
  repeating: "cut: its end repeats itself",
  thoughts: "cut: the model only thought",
  context: "cut: too long for another request",
  budget: "cut: the budget is used up",
  deadline: "cut: a follow-up took too long",
  aborted: "cut: the caller left",
  refused: "cut: a follow-up was refused",
  failed: "cut: a follow-up failed",
};

/** Words for a reason; `undefined` where there is none to tell. A gateway of another version may know more. */
export function endedWords(ended: Ended | null | undefined): string | undefined {
  if (ended === undefined || ended === null || ended === "complete") return undefined;
  return (WORDS as Readonly<Record<string, string>>)[ended] ?? `ended: ${ended}`;
}
