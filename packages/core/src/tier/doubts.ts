import type { Evidence, Rule, Tier } from "./tier.js";

/** Why a rule's value is not to be relied on. */
export type Doubt =
  /** Its source should be read again: it was good until the day before `since`, an ISO date. */
  | { readonly why: "stale"; readonly rule: Rule; readonly since: string }
  /** The server says another limit than the rule: what it says goes before the page. */
  | { readonly why: "contradicted"; readonly rule: Rule; readonly said: number }
  /** No page has it: servers were seen to keep to it. */
  | { readonly why: "observed"; readonly rule: Rule };

const DAY_MS = 86_400_000;

/**
 * What of a tier is in doubt, in the order of its rules: of one rule the server's word first, then its age, then how it was found.
 *
 * @param said by rule id, the limit that the server named last, where it named one
 */
export function doubtsOf({ rules }: Pick<Tier, "rules">, now: number, said: ReadonlyMap<string, number>): Doubt[] {
  return rules.flatMap((rule): Doubt[] => {
    const limit = said.get(rule.id);
    const since = staleSince(rule.evidence, now);
    return [
      ...(rule.kind === "window" && limit !== undefined && limit !== rule.limit
        ? [{ why: "contradicted" as const, rule, said: limit }]
        : []),
      ...(since === undefined ? [] : [{ why: "stale" as const, rule, since }]),
      ...(rule.evidence.status === "observed" ? [{ why: "observed" as const, rule }] : []),
    ];
  });
}

/** The first day, as an ISO date, on which a source is no longer good, if that is over. Of a source that does not change there is none. */
export function staleSince({ date, goodForDays }: Evidence, now: number): string | undefined {
  if (goodForDays === undefined) return undefined;
  const lastDay = Date.parse(date) + goodForDays * DAY_MS;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return lastDay < today ? new Date(lastDay + DAY_MS).toISOString().slice(0, 10) : undefined;
}
