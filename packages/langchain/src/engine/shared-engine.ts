import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { CALL_VARIABLES, ENGINE_SETTINGS, type EngineFields, refuseSettingsBesideEngine } from "./engine-fields.js";
import { withHeaders } from "./with-headers.js";

/**
 * Held strongly: an engine that was collected between two requests would take its connections and its queue along.
 * A program that works for many keys hands in `engine` and closes it itself.
 */
const engines: Map<string, Laplas> = new Map();

/** Objects and functions count as equal only if they are the same one. */
const identities: WeakMap<object, number> = new WeakMap();
let lastIdentity = 0;

/**
 * The engine for these fields: the one handed in, or one shared by everything in this program that has equal settings,
 * so that connections, queue and account are one.
 *
 * @throws InvalidOptionsError
 */
export function engineFor(fields: EngineFields): Laplas {
  if (fields.engine !== undefined) {
    refuseSettingsBesideEngine(fields);
    return fields.engine;
  }
  const { defaultHeaders, ...options }: LaplasOptions & Pick<EngineFields, "defaultHeaders"> = Object.fromEntries(
    ENGINE_SETTINGS.flatMap(([name]) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
  );
  if (defaultHeaders !== undefined) options.fetch = withHeaders(options.fetch, defaultHeaders);
  const key = JSON.stringify([
    ...ENGINE_SETTINGS.map(([name, variable]) =>
      name === "defaultHeaders" ? headerList(fields[name]) : identity(fields[name] ?? environment(variable)),
    ),
    ...CALL_VARIABLES.map((variable) => identity(environment(variable))),
  ]);
  const known = engines.get(key);
  if (known !== undefined) return known;
  const engine = createLaplas(options);
  engines.set(key, engine);
  return engine;
}

/** The engine reads variables when it is made, so two values of a variable are two engines. */
export function environment(variable: `LAPLAS_${string}` | undefined): string | undefined {
  if (variable === undefined || typeof process === "undefined") return undefined;
  return process.env?.[variable] || undefined;
}

/** Compared by content: programs write the object anew for every model. */
function headerList(headers: EngineFields["defaultHeaders"]): readonly (readonly [string, string])[] {
  return Object.entries(headers ?? {})
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

function identity(value: unknown): readonly [kind: string, value?: unknown] {
  if (value === undefined) return ["none"];
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return [typeof value, value];
  let number = identities.get(value);
  if (number === undefined) {
    lastIdentity += 1;
    number = lastIdentity;
    identities.set(value, number);
  }
  return ["same", number];
}
