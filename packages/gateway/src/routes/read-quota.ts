import type { Laplas, Status } from "@laplas/core";
import { isPool, providerOf } from "../provider-of.js";
import { type EvidenceBody, evidenceBody } from "./evidence-body.js";
import { type QuotaBody, quotaBody, windowBody } from "./quota-body.js";

/** One provider of several, as `GET /v1/quota` tells it. */
export interface ProviderQuota extends Omit<QuotaBody, "object" | "ledger" | "windows"> {
  readonly provider: string;
  readonly title: string;
  readonly windows: readonly SureWindow[];
  /** Models that have used something of windows which count each by itself, or that the provider does not serve now. */
  readonly models: readonly {
    readonly model: string;
    readonly windows: readonly SureWindow[];
    readonly blocked_until: string | null;
    /** Whether it is not on this plan: nothing is sent until somebody asks again by hand. */
    readonly off: boolean;
  }[];
}

/** A window, and how sure its limit is; `null` of a rule that the tier no longer has. */
type SureWindow = QuotaBody["windows"][number] & { readonly evidence: EvidenceBody | null };

/** The quota of the first provider, as it is told where there is but one; and of several each. */
export interface PoolQuota extends QuotaBody {
  /** In the order in which they are asked. Absent where laplas is the only one. */
  readonly providers?: readonly ProviderQuota[];
}

/** What an engine's quota is read of. */
export type QuotaSource = Pick<Laplas, "providers" | "provider" | "tier" | "status" | "statuses">;

/** Reads the account. @throws LedgerError */
export async function readQuota(
  laplas: QuotaSource,
  now: number,
): Promise<{ readonly body: PoolQuota; readonly statuses: readonly Status[] }> {
  const statuses = isPool(laplas) ? await laplas.statuses({ models: true }) : [await laplas.status()];
  return { body: poolQuota(laplas, statuses, now), statuses };
}

/** @param statuses of all providers, in their order */
export function poolQuota(
  laplas: Pick<QuotaSource, "providers" | "provider" | "tier">,
  statuses: readonly Status[],
  now: number,
): PoolQuota {
  const [first] = statuses;
  if (first === undefined) throw new TypeError("an engine has a provider");
  const body = quotaBody(first, laplas.tier);
  return isPool(laplas) ? { ...body, providers: statuses.map((one) => providerQuota(laplas, one, now)) } : body;
}

function providerQuota(
  laplas: Pick<QuotaSource, "providers" | "provider">,
  status: Status,
  now: number,
): ProviderQuota {
  const { id, title, tier } = providerOf(laplas, status.provider);
  const { object: _, ledger: _none, windows, ...body } = quotaBody(status, tier);
  const toSure = (window: QuotaBody["windows"][number]): SureWindow => {
    const rule = tier.rules.find((one) => one.id === window.rule);
    return { ...window, evidence: rule === undefined ? null : evidenceBody(rule.evidence, now) };
  };
  return {
    provider: id,
    title,
    ...body,
    windows: windows.map(toSure),
    models: (status.models ?? []).map(({ model, windows: own, blockedUntil, isOff }) => ({
      model,
      windows: own.map((window) => toSure(windowBody(window))),
      blocked_until: blockedUntil?.toISOString() ?? null,
      off: isOff ?? false,
    })),
  };
}
