import type { TierDocument } from "@laplas/core";

/** The free tier with another number of API tokens a day. */
export function tierOfDay(name: string, limit: number): TierDocument {
  return {
    name,
    title: `${name} tier`,
    extends: "free",
    rules: [
      {
        id: "daily_api_tokens",
        kind: "window",
        meter: "credits",
        limit,
        period: { type: "day" },
        evidence: { source: "made up for this demo", date: "2026-11-22", status: "assumed" },
      },
    ],
  };
}
