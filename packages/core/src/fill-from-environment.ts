import type { LaplasOptions } from "./options.js";
import { count, optionTable } from "./options-table.js";
import type { Environment } from "./provider-settings.js";

/** Options of calls, with those that variables fill in. @throws InvalidOptionsError naming the variable */
export function fillFromEnvironment<O extends LaplasOptions>(options: O, environment: Environment): O {
  const { continueAtCap = countIn(environment), tracing = tracingIn(environment) } = options;
  return { ...options, continueAtCap, tracing };
}

function countIn(environment: Environment): number | undefined {
  const { variable = "", max } = optionTable.continueAtCap;
  const value = environment[variable];
  if (value === undefined || value === "") return undefined;
  return count(variable, /^\d+$/.test(value) ? Number(value) : value, 0, max);
}

/** The conventions' own variable, and of its values those that ask for content in spans (Python's instrumentations, November 2026). */
function tracingIn(environment: Environment): "content" | undefined {
  const asked = environment.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT ?? "";
  return /^(true|span_only|span_and_event)$/i.test(asked) ? "content" : undefined;
}

/** Runtimes without `process` have none. */
export function processEnvironment(): Environment {
  return (typeof process === "undefined" ? undefined : process.env) ?? {};
}
