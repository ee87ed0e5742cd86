import { tightestByName, type WindowLeft } from "../account/remaining.js";
import { metricOf, unitOf } from "../cost/meter.js";
import { askedName } from "../route/asked-name.js";
import { firstTarget } from "../route/find-targets.js";
import type { Pool } from "../route/pool.js";

/** The tightest window of each kind, as OpenAI's `x-ratelimit-*`; tokens are the provider's own unit where it has one. Nothing where nothing is limited. */
export function rateLimitHeaders(windows: readonly WindowLeft[], now: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, window] of tightestByName(windows)) {
    headers[`x-ratelimit-limit-${name}`] = String(window.limit);
    headers[`x-ratelimit-remaining-${name}`] = String(window.remaining);
    if (window.resetsAt !== undefined) headers[`x-ratelimit-reset-${name}`] = span(window.resetsAt.getTime() - now);
  }
  return headers;
}

/** What the windows have left, for an answer that took no place in the ledger. A hint: a ledger that fails gives none. */
export async function currentWindows(pool: Pool, body?: unknown): Promise<readonly WindowLeft[]> {
  const name = askedName(body);
  const target = name === "" ? undefined : firstTarget(pool, name);
  const { account, options } = target?.context ?? pool.all[0];
  const { tier, catalog } = options;
  const found = target === undefined ? undefined : catalog.find(target.model);
  const model = found?.kind === "model" ? found.model.id : undefined;
  try {
    if (tier.rules.every(({ kind }) => kind !== "window")) return [];
    const look = await account.look([model]);
    return look.windowsOf(model).map(({ rule, used, held, resetsAt }) => ({
      rule: rule.id,
      metric: metricOf(rule.meter, tier.unit),
      unit: unitOf(rule.meter, tier.unit),
      limit: rule.limit,
      remaining: Math.max(0, Math.round(rule.limit - used - held)),
      resetsAt: new Date(resetsAt),
    }));
  } catch {
    return [];
  }
}

/** As OpenAI writes it: `6m0s`, `13h2m5s`. Rounded up, as the wait it asks for. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
