import {
  countFault,
  InvalidOptionsError,
  type Laplas,
  type LaplasOptions,
  type OptionRow,
  optionTable,
} from "@laplas/core";

/** Options of the engine that these classes have in another way, as LangChain's own fields, or leave to programs that make an engine. */
type NoField = keyof typeof NO_FIELDS;
const NO_FIELDS: Readonly<
  Record<
    | "durability"
    | "synchronous"
    | "maxRetries"
    | "maxQueue"
    | "timeoutMs"
    | "deadlineMs"
    | "continueAtCap"
    | "models"
    | "onEvent"
    | "now"
    | "sleep"
    | "environment",
    true
  >
> = {
  durability: true,
  synchronous: true,
  maxRetries: true,
  maxQueue: true,
  timeoutMs: true,
  deadlineMs: true,
  continueAtCap: true,
  models: true,
  onEvent: true,
  now: true,
  sleep: true,
  environment: true,
};

/** The fields of this package's classes that choose the engine. Environment variables fill what is left out. */
export interface EngineFields extends Omit<LaplasOptions, NoField> {
  /** Headers added to every request. Requests then go through `fetch`, which is slower than the built-in client. */
  defaultHeaders?: Readonly<Record<string, string>> | undefined;
  /** A ready engine, in place of the fields above. @default one engine shared by all that have equal settings */
  engine?: Laplas | undefined;
}

/** The name of a setting, and the variable that stands in for it. */
type EngineSetting = readonly [name: Exclude<keyof EngineFields, "engine">, variable?: `LAPLAS_${string}` | undefined];

const ROWS = Object.entries(optionTable) as [string, OptionRow<unknown>][];

/** The settings of an engine, with the variable that stands in for each. */
export const ENGINE_SETTINGS: readonly EngineSetting[] = [
  ...ROWS.flatMap(([name, { variable, old }]) => [
    [name, variable],
    ...(old === undefined ? [] : [[old.name, undefined]]),
  ])
    .filter(([name = ""]) => !Object.hasOwn(NO_FIELDS, name))
    .map((setting) => setting as unknown as EngineSetting),
  ["defaultHeaders"],
];

/** Variables that an engine reads for what these classes give it with each call. */
export const CALL_VARIABLES: readonly `LAPLAS_${string}`[] = ROWS.flatMap(([name, { variable }]) =>
  variable !== undefined && Object.hasOwn(NO_FIELDS, name) ? [variable] : [],
);

/** Settings that can be written down as they are. A key and the address of a ledger are secrets, or may be. */
export const PLAIN_SETTINGS: readonly Exclude<keyof EngineFields, "engine">[] = ROWS.filter(
  ([name, { is }]) => is !== "function" && name !== "apiKey" && name !== "ledger",
)
  .flatMap(([name, { old }]) => [name, ...(old === undefined ? [] : [old.name])])
  .filter((name): name is Exclude<keyof EngineFields, "engine"> => !Object.hasOwn(NO_FIELDS, name));

/** Settings that a ready engine would silently ignore are a mistake. @throws InvalidOptionsError naming the first */
export function refuseSettingsBesideEngine(fields: EngineFields): void {
  const [extra] = ENGINE_SETTINGS.find(([name]) => fields[name] !== undefined) ?? [];
  if (extra === undefined) return;
  throw new InvalidOptionsError(
    `Option "${extra}" was given together with "engine", which has its own. Give it to createLaplas, or leave "engine" out.`,
  );
}

/** A whole number, 0 or more and up to a bound, or nothing. @throws InvalidOptionsError naming the option */
export function checkCount(name: string, value: number | undefined, max?: number): number | undefined {
  const fault = value === undefined ? undefined : countFault(value, max);
  if (fault === undefined) return value;
  throw new InvalidOptionsError(`Option "${name}" is "${String(value)}", but ${fault}.`);
}

const EXAMPLES = {
  ChatLaplas: "gpt-4o-mini",
  LaplasEmbeddings: "text-embedding-3-small",
  LaplasImages: "flux/schnell",
} as const;

/** @throws InvalidOptionsError unless a model is named */
export function checkModel(className: keyof typeof EXAMPLES, model: unknown): string {
  if (typeof model === "string" && model.trim() !== "") return model;
  throw new InvalidOptionsError(
    `Option "model" is missing. Name one, as in new ${className}({ model: "${EXAMPLES[className]}" }).`,
  );
}
