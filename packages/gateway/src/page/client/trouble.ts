/** Why something was not answered, as far as it is known. */
export interface Trouble {
  readonly code: string | null;
  readonly message: string | null;
  readonly rule: string | null;
  readonly resetsAt: string | null;
  /** Epoch milliseconds, for what may be asked again. */
  readonly againAt: number | null;
}

export const NOTHING_KNOWN: Trouble = { code: null, message: null, rule: null, resetsAt: null, againAt: null };
export const UNREACHABLE: Trouble = { ...NOTHING_KNOWN, code: "gateway_unreachable" };

/** Codes of what another model may still answer. */
const USED_UP = /^(?:free_tier_)?(?:daily_quota|hourly_quota|monthly_quota|model_not_on_tier|model_not_found)$/;

export function isUsedUp({ code }: Pick<Trouble, "code">): boolean {
  return USED_UP.test(code ?? "");
}

/** When the same request may pass, in epoch milliseconds; `undefined` where nothing says so. */
export function passesAt({ againAt, resetsAt }: Trouble): number | undefined {
  return againAt ?? (resetsAt === null ? undefined : Date.parse(resetsAt));
}
