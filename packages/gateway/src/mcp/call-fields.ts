import { type CallReport, costOf } from "@laplas/core";
import { z } from "zod";
import { providerOf } from "../provider-of.js";
import { costWords, until, whole } from "../words.js";
import type { Scene } from "./scene.js";

/** What every call's result says beside its answer. */
export const CALL_FIELDS: {
  readonly model: z.ZodString;
  readonly provider: z.ZodString;
  readonly cost: z.ZodNumber;
  readonly unit: z.ZodString;
  readonly remaining: z.ZodOptional<z.ZodNumber>;
  readonly resets_at: z.ZodOptional<z.ZodString>;
  readonly adjusted: z.ZodArray<z.ZodString>;
} = {
  model: z.string().describe("Model that was asked"),
  provider: z.string().describe("Id of the provider that answered"),
  cost: z.number().describe("What the call cost, in the unit"),
  unit: z.string().describe("What costs are counted in"),
  remaining: z.number().optional().describe("What is left of the tightest window, in the unit; absent without a limit"),
  resets_at: z.string().optional().describe("When that window resets, ISO 8601"),
  adjusted: z.array(z.string()).describe("What was changed so that the tier takes the call, like size=512x512"),
};

/** The report of a call as its result has it. */
export type CallFields = z.infer<z.ZodObject<typeof CALL_FIELDS>>;

export function callFields({ laplas }: Scene, model: string, report: CallReport): CallFields {
  const { provider, remaining, resetsAt, adjusted } = report;
  return {
    model,
    provider,
    cost: costOf(report),
    unit: providerOf(laplas, provider).tier.unit.name,
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetsAt === undefined ? {} : { resets_at: resetsAt.toISOString() }),
    adjusted: adjusted.map(({ to }) => to),
  };
}

/** The same in words: `512 API tokens, 49,488 left, resets in 5 h 50 min (00:00 UTC); changed: size=512x512`. */
export function callWords(
  { now }: Scene,
  { cost, unit, remaining, resets_at: resetsAt, adjusted }: CallFields,
): string {
  const left = remaining === undefined ? "" : `, ${whole(remaining)} left`;
  const back = remaining === undefined || resetsAt === undefined ? "" : `, resets ${until(new Date(resetsAt), now())}`;
  const changed = adjusted.length === 0 ? "" : `; changed: ${adjusted.join(", ")}`;
  return `${costWords(cost, { name: unit })}${left}${back}${changed}`;
}
