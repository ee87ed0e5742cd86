import { type CheckOptions, type CheckResult, checkRequest, toCheckError } from "../check.js";
import { isLaplasError } from "../errors/laplas-error.js";
import type { ItemMemory } from "../protocol/responses/item-memory.js";
import { askedName } from "./asked-name.js";
import { withModel } from "./candidate.js";
import { type FoundTargets, findTargets, readLists, type Target } from "./find-targets.js";
import type { Pool } from "./pool.js";
import { fitTargets } from "./unfit.js";

/**
 * Checks a request at each of its targets without sending it: the result of the first target that would admit it now, or else of the one
 * with the shortest wait, or else a refusal with a line for each target.
 */
export async function checkRoute(
  pool: Pool,
  body: unknown,
  options?: CheckOptions,
  items?: ItemMemory,
): Promise<CheckResult> {
  const [first] = pool.all;
  const name = askedName(body);
  if (name === "") return checkRequest(first, body, options, items);
  let found: FoundTargets;
  try {
    await readLists(pool, name);
    found = fitTargets(findTargets(pool, name), body);
  } catch (error) {
    if (!isLaplasError(error)) throw error;
    return { verdict: "refuse", adjusted: [], error: toCheckError(error) };
  }
  const { targets } = found;
  if (targets.length === 0) return { verdict: "refuse", adjusted: [], error: nothingToAsk(found) };
  const results: { readonly target: Target; readonly result: CheckResult }[] = [];
  for (const target of targets) {
    const [own] = withModel([body], target.model);
    const result = await checkRequest(target.context, own, options, items);
    const isLast = targets.length === 1 || result.error?.code === "ledger";
    if (result.verdict === "pass" || isLast) return result;
    results.push({ target, result });
  }
  const waiting = results.filter(({ result }) => result.verdict === "wait");
  const [soonest] = waiting.toSorted((one, other) => waitOf(one.result) - waitOf(other.result));
  if (soonest !== undefined) return soonest.result;
  const [refused] = results.toSorted((one, other) => resetOf(one.result) - resetOf(other.result));
  const lines = results.map(({ target, result }) => `- ${target.name}: ${result.error?.message ?? result.verdict}`);
  const { error, ...rest } = refused?.result ?? { verdict: "refuse", adjusted: [] };
  if (error === undefined) return { ...rest, error: nothingToAsk(found) };
  return {
    ...rest,
    error: { ...error, message: `None of the ${targets.length} models can answer now.\n${lines.join("\n")}` },
  };
}

function nothingToAsk({ leftOut }: FoundTargets): NonNullable<CheckResult["error"]> {
  const lines = leftOut.map(({ name, why }) => `\n- ${name}: ${why}.`).join("");
  return { code: "model_not_on_tier", message: `No model can be asked.${lines}`, retryable: false, param: "model" };
}

function waitOf({ waitMs, position = 0 }: CheckResult): number {
  return waitMs ?? position * 1_000;
}

function resetOf({ error }: CheckResult): number {
  return error?.resetsAt?.getTime() ?? Number.POSITIVE_INFINITY;
}
