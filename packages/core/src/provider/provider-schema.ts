import { z } from "zod";
import type { NotServedModels } from "../catalog/find-off-tier.js";
import { type ModelEntry, modelEntrySchema } from "../catalog/model-entry.js";
import { type CheckedDocument, tierSchema } from "../tier/tier-schema.js";
import { addressFault } from "./address.js";
import { hasGroup, patternFault } from "./pattern-fault.js";
import type { CostPath, ProviderDocument, ProviderPaths, Term, Terms, ToolShape, UnknownRates } from "./provider.js";
import type { FailureSignal, HeaderSignal, Signals, UntilSignal, UsageEndpoint, UsageWindow } from "./signals.js";

/** A document after the check of each of its parts: what they have to do with each other is still to be looked at. */
export interface CheckedProvider extends Omit<ProviderDocument, "models" | "tiers"> {
  readonly models?: readonly ModelEntry[] | "listed" | undefined;
  readonly tiers: readonly CheckedDocument[];
}

let schema: z.ZodType<CheckedProvider> | undefined;

/** The check of a provider document. Built on first use: the built-in provider is complete as it is. */
export function providerSchema(): z.ZodType<CheckedProvider> {
  schema ??= buildSchema();
  return schema;
}

/** Sent by the engine with every request: a document can't choose them, and the key goes into one. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "host",
  "connection",
  "transfer-encoding",
  "content-length",
  "content-type",
  "accept",
]);
const LONGEST_LINGER_MS = 600_000;

/** A check of each field: a field that is added to the type and not here does not compile. */
type Fields<Part> = Record<keyof Part, z.ZodType>;

function buildSchema(): z.ZodType<CheckedProvider> {
  const text = z.string().min(1);
  const variable = z
    .string()
    // The value is not quoted: it may be the key itself, put in the wrong place.
    .regex(/^[A-Z][A-Z0-9_]{0,99}$/, "must be the name of an environment variable: capital letters, digits and _");
  const fields = {
    id: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower case letters, digits and -"),
    title: text,
    baseURL: z.string().superRefine((address, { addIssue }) => {
      const fault = addressFault(address);
      if (fault !== undefined) addIssue({ code: "custom", message: fault });
    }),
    variables: z.record(z.string().regex(/^[a-z][a-zA-Z0-9_]*$/), variable).optional(),
    keyVariable: variable.optional(),
    headers: headersSchema().optional(),
    paths: pathsSchema().optional(),
    models: z.union([z.array(modelEntrySchema()).nonempty(), z.literal("listed")]).optional(),
    listedPrices: z.array(pathOfFields()).nonempty().optional(),
    catalogDate: z.iso.date().optional(),
    notServed: z
      .array(
        z.strictObject({
          modality: text,
          vendors: z.array(text).optional(),
          models: z.array(z.array(text).nonempty()).nonempty(),
        } satisfies Fields<NotServedModels>),
      )
      .optional(),
    tiers: z.array(tierSchema()).nonempty(),
    defaultTier: text.optional(),
    unit: z
      .strictObject({ name: text, field: z.enum(["apiTokens", "credits", "tokens"]) })
      .refine(({ name, field }) => field !== "tokens" || name === "tokens", {
        path: ["field"],
        message: 'is "tokens", which is for a provider that counts in nothing else: its name has to be "tokens" too',
      })
      .optional(),
    unknownRates: ratesSchema().optional(),
    costPaths: z
      .array(
        z.strictObject({
          path: pathOfFields(),
          usageCounts: z.enum(["tokens", "cost"]),
        } satisfies Fields<CostPath>),
      )
      .optional(),
    toolShape: z
      .strictObject({
        idLength: z.int().min(1).max(64).optional(),
        callKeys: z.record(text, z.json()).optional(),
        functionKeys: z.array(text).nonempty().optional(),
        schemaKeysOff: z.array(text).nonempty().optional(),
      } satisfies Fields<ToolShape>)
      .optional(),
    signals: signalsSchema().optional(),
    lingerMs: z.int().min(0).max(LONGEST_LINGER_MS).optional(),
    terms: termsSchema().optional(),
  } satisfies Fields<ProviderDocument>;
  return z.strictObject(fields) as unknown as z.ZodType<CheckedProvider>;
}

function headersSchema(): z.ZodType {
  return z
    .record(z.string(), z.string().regex(/^[\x20-\x7e]+$/, "must be a header's value: one line of ASCII, not empty"))
    .superRefine((headers, { addIssue }) => {
      for (const name of Object.keys(headers)) {
        const message = !/^[\w!#$%&'*+.^`|~-]+$/.test(name)
          ? "is not the name of a header"
          : OWN_HEADERS.has(name.toLowerCase())
            ? 'is a header that the engine sets itself. For the key there is "keyVariable"'
            : undefined;
        if (message !== undefined) addIssue({ code: "custom", path: [name], message });
      }
    });
}

function pathSchema(): z.ZodType<string> {
  return z
    .string()
    .regex(/^\/[^\s?#\\]*$/, "must begin with a slash, as in /chat/completions, and have neither query nor blanks");
}

function pathsSchema(): z.ZodType {
  const path = pathSchema();
  return z
    .strictObject({ chat: path, embedding: path, image: path, models: path } satisfies Fields<ProviderPaths>)
    .partial();
}

function ratesSchema(): z.ZodType {
  const amount = z.number().nonnegative();
  const rates = z.strictObject({ input: amount, output: amount });
  return z.strictObject({ chat: rates, embedding: rates, image: amount } satisfies Fields<UnknownRates>);
}

function termsSchema(): z.ZodType {
  const term = z
    .strictObject({
      value: z.enum(["yes", "no", "unknown"]),
      note: z.string().min(1).optional(),
      source: z.string().min(1),
      date: z.iso.date(),
    } satisfies Fields<Term>)
    .optional();
  return z.strictObject({ training: term, production: term, severalKeys: term } satisfies Fields<Terms>);
}

function pathOfFields(): z.ZodType<string> {
  return z
    .string()
    .regex(/^[\w-]+(?:\.[\w-]+)*$/, "must be names of fields with dots between them, as in usage.total_tokens");
}

function signalsSchema(): z.ZodType {
  const meter = z.enum(["requests", "credits", "tokens", "inputTokens", "outputTokens"]);
  const period = z.enum(["minute", "hour", "day", "month"]);
  const scope = z.enum(["model", "pool", "account"]).optional();
  const format = z.enum(["duration", "seconds", "epoch-milliseconds", "epoch-seconds", "date"]);
  const header = z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/, "must be the name of a header, in lower case");
  const pattern = z
    .string()
    .min(1)
    .superRefine((value, { addIssue }) => {
      const fault = patternFault(value);
      if (fault !== undefined) addIssue({ code: "custom", message: fault });
    });
  const status = z.int().min(100).max(599);
  const until = z
    .strictObject({
      header: header.optional(),
      path: pathOfFields().optional(),
      pattern: pattern
        .refine(hasGroup, { message: "needs a group in parentheses: what it holds is the time", when: isPlain })
        .optional(),
      format,
    } satisfies Fields<UntilSignal>)
    .refine(({ header: name, path, pattern: text }) => (name ?? path ?? text) !== undefined, {
      message: 'names no place of the time: it needs a "header", a "path" or a "pattern"',
    });
  const failure = z
    .strictObject({
      status: z.union([status, z.array(status).nonempty()]).optional(),
      modalities: z
        .array(z.enum(["chat", "embedding", "image"]))
        .nonempty()
        .optional(),
      header: header.optional(),
      path: pathOfFields().optional(),
      pattern: pattern.optional(),
      unless: pattern.optional(),
      kind: z.enum([
        "quota",
        "rate",
        "cost",
        "request_size",
        "context_length",
        "model_off",
        "payment",
        "authentication",
        "invalid_request",
        "unavailable",
      ]),
      scope,
      meter: meter.optional(),
      period: period.optional(),
      until: until.optional(),
    } satisfies Fields<FailureSignal>)
    .refine(({ header: name, path }) => name === undefined || path === undefined, {
      path: ["path"],
      message: 'is a second place to look in: a signal has either a "header" or a "path"',
    });
  const headerSignal = z
    .strictObject({
      name: header,
      tells: z.enum(["remaining", "limit", "reset"]),
      meter,
      period,
      scope,
      format: format.optional(),
    } satisfies Fields<HeaderSignal>)
    .superRefine(({ tells, format: written }, { addIssue }) => {
      if (tells === "reset" && written === undefined)
        addIssue({ code: "custom", path: ["format"], message: "is missing: a reset has one of several" });
      if (tells !== "reset" && written !== undefined)
        addIssue({ code: "custom", path: ["format"], message: "has a meaning with a reset only" });
    });
  const usageWindow = z.strictObject({
    meter,
    period,
    scope: z.enum(["pool", "account"]).optional(),
    remaining: pathOfFields(),
    limit: pathOfFields().optional(),
  } satisfies Fields<UsageWindow>);
  const usageEndpoint = z.strictObject({
    path: pathSchema(),
    windows: z.array(usageWindow).nonempty(),
  } satisfies Fields<UsageEndpoint>);
  return z
    .strictObject({
      failures: z.array(failure),
      headers: z.array(headerSignal),
      errorShapes: z.array(z.array(pathOfFields()).nonempty()),
      billingPattern: pattern.optional(),
      usageEndpoint: usageEndpoint.optional(),
    } satisfies Fields<Signals>)
    .partial();
}

/** A pattern with a fault of its own has no groups to count. */
function isPlain({ issues }: { readonly issues: readonly unknown[] }): boolean {
  return issues.length === 0;
}
