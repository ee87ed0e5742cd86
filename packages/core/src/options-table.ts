import { quote } from "./errors/quote.js";
import { InvalidOptionsError } from "./errors/setup-errors.js";
import type { LaplasOptions } from "./options.js";

/** Names of options of the first edition, which are read with a warning. */
export type DeprecatedOption = "synchronous" | "reserve";
/** Names of the engine's options. */
export type OptionName = Exclude<keyof LaplasOptions, DeprecatedOption>;
/** Options with a check of their own, beside what the table says of them. */
type OwnReader = "apiKey" | "baseURL" | "tier" | "ledger" | "models" | "environment";
type PlainOption = Exclude<OptionName, OwnReader>;

type ValueOf<Name extends keyof LaplasOptions> = NonNullable<LaplasOptions[Name]>;

/** What is the same for an option everywhere: in programs, in configurations and in the environment. */
export interface OptionRow<Value> {
  /** What a value has to be. A record has the values that there are, the first of which is the default. */
  readonly is:
    | "text"
    /** A name, the path of a file, or the document itself. */
    | "tier"
    | "list"
    /** A whole number, 0 or more. Without a default there is no bound. */
    | "count"
    /** From 1 on. */
    | "milliseconds"
    | "function"
    | "record"
    | (Value extends string ? Readonly<Record<Value, true>> : never);
  readonly default?: Value & (number | string);
  /** Of a count, the largest that is taken. */
  readonly max?: number;
  /** The environment variable that fills it in. */
  readonly variable?: `LAPLAS_${string}`;
  /** The name that it had, and what the values of that name are called now. */
  readonly old?: {
    [Old in DeprecatedOption]: { readonly name: Old; readonly values: Readonly<Record<ValueOf<Old>, Value>> };
  }[DeprecatedOption];
}

/** Every option of the engine. With its field in {@link LaplasOptions}, a row is all that an option needs. */
export const optionTable: { readonly [Name in OptionName]: OptionRow<ValueOf<Name>> } = {
  apiKey: { is: "text", variable: "LAPLAS_API_KEY" },
  baseURL: { is: "text", variable: "LAPLAS_BASE_URL" },
  tier: { is: "tier", variable: "LAPLAS_TIER" },
  ledger: { is: "text", variable: "LAPLAS_LEDGER", default: "sqlite" },
  durability: {
    is: { process: true, power: true },
    old: { name: "synchronous", values: { normal: "process", full: "power" } },
  },
  onExcess: { is: { adjust: true, refuse: true } },
  admission: {
    is: { expected: true, "worst-case": true },
    old: { name: "reserve", values: { expected: "expected", worst: "worst-case" } },
  },
  maxRetries: { is: "count", default: 2 },
  patienceMs: { is: "count", default: 60_000 },
  maxQueue: { is: "count" },
  timeoutMs: { is: "milliseconds", default: 120_000 },
  deadlineMs: { is: "milliseconds", default: 600_000 },
  // An answer of 100 follow-ups is read over and over, 2.4 million tokens in all: who asks for more has mistyped it.
  continueAtCap: { is: "count", variable: "LAPLAS_CONTINUE_AT_CAP", default: 0, max: 100 },
  continueSeams: { is: { proved: true, plain: true } },
  unknownModels: { is: { refuse: true, send: true } },
  tracing: { is: { calls: true, content: true, off: true } },
  models: { is: "list" },
  fetch: { is: "function" },
  onEvent: { is: "function" },
  now: { is: "function" },
  sleep: { is: "function" },
  environment: { is: "record" },
};

type Row = OptionRow<unknown> & { readonly is: string | Readonly<Record<string, true>> };
const ROWS = Object.entries(optionTable) as unknown as readonly (readonly [OptionName, Row])[];

/** The names that there are, old ones beside the new. */
export const optionNames: readonly (keyof LaplasOptions)[] = ROWS.flatMap(([name, { old }]) =>
  old === undefined ? [name] : [name, old.name],
);

/** Options that are read as the table says. */
export type PlainOptions = {
  readonly [Name in PlainOption]: Name extends "fetch" | "onEvent" | "now" | "sleep"
    ? LaplasOptions[Name]
    : ValueOf<Name>;
};

/** Reads the options that have no check of their own. @throws InvalidOptionsError naming the option and what would be right */
export function readPlainOptions(options: LaplasOptions): PlainOptions {
  const read: Record<string, unknown> = {};
  for (const [name, row] of ROWS) {
    if (row.is === "function" || row.is === "count" || row.is === "milliseconds" || typeof row.is === "object") {
      read[name] = readPlain(name, row, options);
    }
  }
  return read as unknown as PlainOptions;
}

function readPlain(name: OptionName, { is, default: byDefault, max, old }: Row, options: LaplasOptions): unknown {
  const value: unknown = options[name];
  if (is === "function") return callable(name, value);
  if (is === "count") return count(name, value, (byDefault as number | undefined) ?? Number.POSITIVE_INFINITY, max);
  if (is === "milliseconds") return duration(name, value, byDefault as number);
  const values = Object.keys(is);
  const given: unknown = old && options[old.name];
  const renamed =
    old && given !== undefined ? old.values[choice(old.name, given, Object.keys(old.values)) as never] : undefined;
  return value === undefined && renamed !== undefined ? renamed : choice(name, value, values);
}

/** The options that have new names and were given by their old ones, each as a sentence. */
export function renamedOptions(options: LaplasOptions): string[] {
  return ROWS.flatMap(([name, { old }]) => {
    if (old === undefined || options[old.name] === undefined) return [];
    const values = Object.entries(old.values).filter(([before, now]) => before !== now);
    const renamed = values.map(([before, now]) => `"${before}" is "${String(now)}"`).join(", ");
    return [`Option "${old.name}" is called "${name}" now: ${renamed}.`];
  });
}

function choice(name: string, value: unknown, allowed: readonly string[]): string | undefined {
  if (value === undefined) return allowed[0];
  if (typeof value === "string" && allowed.includes(value)) return value;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be ${allowed.join(" or ")}.`);
}

/** A count from the engine's options or a call's. @throws InvalidOptionsError */
export function count(name: string, value: unknown, byDefault: number, max?: number): number {
  if (value === undefined) return byDefault;
  const fault = countFault(value, max);
  if (fault === undefined) return value as number;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but ${fault}.`);
}

/** What a count must be, as `must be a whole number from 0 to 100`, where it is not so; one that is too large is told the bound. */
export function countFault(value: unknown, max?: number): string | undefined {
  const most = max ?? Number.MAX_SAFE_INTEGER;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most) return undefined;
  const isBounded = max !== undefined || Number(value) > most;
  return isBounded ? `must be a whole number from 0 to ${most}` : "must be a whole number, 0 or more";
}

/** Timers count to 2^31 milliseconds, and fire at once beyond; 0 would mean "none" to one client and "now" to another. */
export function duration(name: string, value: unknown, byDefault: number): number {
  const ms = count(name, value, byDefault);
  if (ms >= 1 && ms <= 2_147_483_647) return ms;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be from 1 to 2147483647 milliseconds.`);
}

function callable(name: string, value: unknown): unknown {
  if (value === undefined || typeof value === "function") return value;
  throw new InvalidOptionsError(`Option "${name}" is ${quote(value)}, but must be a function.`);
}
