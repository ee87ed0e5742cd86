import { z } from "zod";
import type { CostUnit } from "../cost/meter.js";
import type { Rule } from "./tier.js";

/** A document as it is after the check: a tier whose inheritance is still to be resolved. */
export interface CheckedDocument {
  readonly name: string;
  readonly title: string;
  readonly extends?: string | undefined;
  readonly unit?: CostUnit | undefined;
  readonly rules: readonly Rule[];
}

let schema: z.ZodType<CheckedDocument> | undefined;

/** The check of a tier document. Built on first use: the built-in tiers are complete as they are. */
export function tierSchema(): z.ZodType<CheckedDocument> {
  schema ??= buildSchema();
  return schema;
}

const LONGEST_SPAN_MS = 31 * 86_400_000;

function buildSchema(): z.ZodType<CheckedDocument> {
  const text = z.string().min(1);
  const positive = z.number().int().positive();
  const modalities = z.array(z.enum(["chat", "embedding", "image"])).nonempty();
  const models = z.array(text).nonempty().optional();
  const adjustOrRefuse = z.enum(["adjust", "refuse"]).default("adjust");
  const base = {
    models,
    id: z.string().regex(/^[a-z][a-z0-9_]*$/, "must be lower case letters, digits and _"),
    evidence: z.strictObject({
      source: text,
      date: z.iso.date(),
      status: z.enum(["published", "assumed", "observed"]),
      goodForDays: positive.optional(),
    }),
  };
  const reset = {
    zone: z.string().default("UTC").refine(isTimeZone, "is not an IANA time zone, like UTC or Europe/Berlin"),
    resetHour: z.number().int().min(0).max(23).default(0),
  };
  const spanMs = positive.max(LONGEST_SPAN_MS);
  const period = z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("minute") }),
    z.strictObject({ type: z.literal("hour") }),
    z.strictObject({ type: z.literal("day"), ...reset }),
    z.strictObject({ type: z.literal("month"), ...reset }),
    z.strictObject({ type: z.literal("rolling"), spanMs }),
    z.strictObject({ type: z.literal("bucket"), spanMs }),
  ]);
  const window = z
    .strictObject({
      ...base,
      kind: z.literal("window"),
      meter: z.enum(["requests", "credits", "tokens", "inputTokens", "outputTokens"]),
      limit: z.number().int().nonnegative(),
      period,
      scope: z.enum(["model", "pool", "account"]).default("account"),
      marginMs: z.number().int().min(0).max(60_000).default(2_000),
      countFrom: z.enum(["start", "end"]).optional(),
      hold: z.enum(["expected", "asked"]).optional(),
      refund: z.boolean().optional(),
      leastAnswer: positive.optional(),
      usualAnswer: positive.optional(),
      countsFailures: z.boolean().optional(),
      mustFit: z.boolean().optional(),
      ownCount: z.boolean().optional(),
    })
    .superRefine((rule, { addIssue }) => {
      for (const [name, isMeant, where] of [
        ["hold", rule.hold !== "asked" || rule.meter !== "requests", "a meter of tokens"],
        ["countsFailures", rule.countsFailures !== true || rule.meter === "requests", 'the meter "requests"'],
        ...(["refund", "leastAnswer", "usualAnswer"] as const).map(
          (field) => [field, rule[field] === undefined || rule.hold === "asked", 'hold "asked"'] as const,
        ),
      ] as const) {
        if (!isMeant) addIssue({ code: "custom", path: [name], message: `has a meaning with ${where} only` });
      }
      if (rule.scope === "pool" && rule.models === undefined)
        addIssue({
          code: "custom",
          path: ["scope"],
          message: 'is "pool", so the rule has to name the "models" of the pool',
        });
      if (rule.scope === "account" && rule.models !== undefined)
        addIssue({
          code: "custom",
          path: ["models"],
          message: 'has a meaning with scope "model" or "pool" only: an account is one for all models',
        });
    });
  const rule = z.discriminatedUnion("kind", [
    z.strictObject({ ...base, kind: z.literal("allowedModalities"), modalities }),
    z.strictObject({ ...base, kind: z.literal("allowedModels"), models: z.array(text).nonempty() }),
    z.strictObject({ ...base, kind: z.literal("maxInputTokens"), limit: positive }),
    z.strictObject({ ...base, kind: z.literal("maxOutputTokens"), limit: positive, onExcess: adjustOrRefuse }),
    z.strictObject({ ...base, kind: z.literal("forbiddenContent"), partTypes: z.array(text).nonempty() }),
    z.strictObject({
      ...base,
      kind: z.literal("maxImages"),
      limit: positive,
      onExcess: z.enum(["adjust", "split", "refuse"]).default("split"),
    }),
    z.strictObject({
      ...base,
      kind: z.literal("maxImageSize"),
      width: positive,
      height: positive,
      onExcess: adjustOrRefuse,
    }),
    z.strictObject({ ...base, kind: z.literal("maxRequestCost"), limit: positive, modalities }),
    z.strictObject({ ...base, kind: z.literal("concurrency"), limit: positive }),
    window,
  ]);
  return z
    .strictObject({
      name: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower case letters, digits and -"),
      title: text,
      extends: text.optional(),
      // A tier that was resolved has one: its fields may be taken over into a document.
      unit: z.strictObject({ name: text, field: z.enum(["apiTokens", "credits", "tokens"]) }).optional(),
      rules: z.array(rule),
    })
    .superRefine(({ rules }, { addIssue }) => {
      for (const [index, { id }] of rules.entries()) {
        const first = rules.findIndex((other) => other.id === id);
        if (first === index) continue;
        const message = `is the same as that of rules[${first}]: two rules have the same id`;
        addIssue({ code: "custom", path: ["rules", index, "id"], message });
      }
    });
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
