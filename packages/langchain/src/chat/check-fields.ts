import { InvalidOptionsError } from "@laplas/core";
import {
  CALL_OPTION_DECISIONS,
  CONFIGURATION_DECISIONS,
  type Decision,
  FIELD_DECISIONS,
  REQUEST_FIELDS,
} from "./field-decisions.js";

type Decisions = Readonly<Record<string, Decision>>;

/** LangChain's names by those of the request body, which programs mix up. */
const NAME_OF: ReadonlyMap<string, string> = new Map([
  ...Object.entries(REQUEST_FIELDS).map(([name, sentAs]) => [sentAs, name] as const),
  ["max_completion_tokens", "maxTokens"],
]);

/** @throws InvalidOptionsError naming the first field that is unknown, not supported, or contradicts its other name */
export function checkFields(fields: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    refuse(`Option "${name}"`, FIELD_DECISIONS, name, value);
    const decision = decisionOn(FIELD_DECISIONS, name);
    if (decision === undefined) throw new InvalidOptionsError(unknownField(name));
    if ("aliasOf" in decision) refuseContradiction(name, decision.aliasOf, fields);
  }
  checkConfiguration(fields.configuration);
}

/**
 * Unknown options pass, because LangGraph adds its own. Those of other chat models don't.
 *
 * @throws InvalidOptionsError naming the first option that is not supported
 */
export function checkCallOptions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    refuse(`Option "${name}" of the call`, CALL_OPTION_DECISIONS, name, value);
    const ours = NAME_OF.get(name);
    if (ours !== undefined && decisionOn(CALL_OPTION_DECISIONS, name) === undefined) {
      throw new InvalidOptionsError(`Option "${name}" of the call is called "${ours}" here, or goes into modelKwargs.`);
    }
  }
}

/** The effort from `reasoning` or `reasoningEffort`. @throws InvalidOptionsError for any other part of `reasoning` */
export function reasoningEffort({
  reasoning,
  reasoningEffort: effort,
}: {
  reasoning?: unknown;
  reasoningEffort?: string | undefined;
}): string | undefined {
  if (reasoning === undefined || reasoning === null) return effort;
  if (typeof reasoning !== "object")
    throw new InvalidOptionsError('Option "reasoning" must be an object with "effort".');
  for (const [name, value] of Object.entries(reasoning)) {
    if (name === "effort" || value === undefined || value === null) continue;
    throw new InvalidOptionsError(
      `Option "reasoning.${name}" can't be used with ChatLaplas. It belongs to OpenAI's Responses API, and ChatLaplas speaks chat completions. "reasoning.effort" is sent as reasoning_effort.`,
    );
  }
  const said = (reasoning as { effort?: string | null }).effort ?? undefined;
  if (said !== undefined && effort !== undefined && said !== effort) {
    throw new InvalidOptionsError('Options "reasoning.effort" and "reasoningEffort" contradict each other. Give one.');
  }
  return said ?? effort;
}

function checkConfiguration(configuration: unknown): void {
  for (const [name, value] of Object.entries(configuration ?? {})) {
    if (value === undefined || value === null) continue;
    refuse(`Option "configuration.${name}"`, CONFIGURATION_DECISIONS, name, value);
    if (decisionOn(CONFIGURATION_DECISIONS, name) !== undefined) continue;
    const known = Object.keys(CONFIGURATION_DECISIONS).filter(
      (part) => !("refused" in (CONFIGURATION_DECISIONS[part] ?? {})),
    );
    throw new InvalidOptionsError(
      `Option "configuration.${name}" can't be used with ChatLaplas. Of OpenAI's client options it takes ${known.join(", ")}.`,
    );
  }
}

/** Own properties only: "constructor" is not an option. */
function decisionOn(decisions: Decisions, name: string): Decision | undefined {
  return Object.hasOwn(decisions, name) ? decisions[name] : undefined;
}

function refuse(what: string, decisions: Decisions, name: string, value: unknown): void {
  const decision = decisionOn(decisions, name);
  if (decision === undefined || !("refused" in decision)) return;
  if (value === null || value === false || decision.isNeutral?.(value) === true) return;
  throw new InvalidOptionsError(`${what} can't be used with ChatLaplas. ${decision.refused}`);
}

function refuseContradiction(name: string, other: string, fields: Readonly<Record<string, unknown>>): void {
  if (fields[other] === undefined || JSON.stringify(fields[other]) === JSON.stringify(fields[name])) return;
  throw new InvalidOptionsError(
    `Options "${other}" and "${name}" are two names of one and contradict each other. Give one.`,
  );
}

function unknownField(name: string): string {
  const ours = NAME_OF.get(name);
  const meant =
    ours === undefined
      ? "Fields of the request body that ChatLaplas has no name for go into modelKwargs."
      : `It is called "${ours}" here.`;
  return `ChatLaplas has no option "${name}". ${meant}`;
}
