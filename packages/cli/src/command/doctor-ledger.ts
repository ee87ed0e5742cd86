import { type EngineProvider, isLaplasError, type ProviderDoubt, type Status, type Tier } from "@laplas/core";
import { isPool, until, whole } from "@laplas/gateway/bodies";
import type { GatewayConfig } from "../config/config-schema.js";
import type { EngineSource } from "../config/engine-source.js";
import { examineRoutes } from "./doctor-routes.js";
import { examineTimes, type MendOptions } from "./doctor-times.js";
import type { Finding } from "./finding.js";

/** Opens the ledger for writing, as a call would, and reads the account. */
export async function examineLedger(
  source: Pick<EngineSource, "open">,
  config: GatewayConfig,
  options: MendOptions & { readonly resume: boolean },
): Promise<Finding[]> {
  const warnings: string[] = [];
  try {
    const laplas = source.open({
      // They become findings.
      onEvent: (event) => {
        if (event.type === "warning") warnings.push(event.message);
      },
    });
    // What comes before the ledger is asked is about the options.
    const old = warnings.splice(0).map((message): Finding => ({ name: "options", state: "warning", message }));
    try {
      // Before the budget, which it changes.
      const times = await examineTimes(laplas, options);
      if (options.resume) await laplas.resume();
      const statuses = await laplas.statuses();
      const [status = await laplas.status()] = statuses;
      const doubts = isPool(laplas) ? await laplas.doubts() : [];
      return [
        ...(isPool(laplas) ? laplas.providers.map((one) => examineTier(one, doubts)) : [tierOfLaplas(laplas.tier)]),
        ...old,
        ...(await examineRoutes(laplas, config.routes)),
        examinePlace(
          status,
          // That one is a finding of its own.
          warnings.filter((message) => !message.includes("laplas doctor --mend")),
          config,
        ),
        ...times,
        ...(options.resume ? [RESUMED] : []),
        ...(isPool(laplas)
          ? statuses.flatMap((one) => examineBudget(one, `${one.provider}: `))
          : config.apiKey === undefined
            ? []
            : examineBudget(status)),
      ];
    } finally {
      await laplas.close();
    }
  } catch (error) {
    if (!isLaplasError(error)) throw error;
    return [
      {
        name: error.code === "ledger" ? "ledger" : "options",
        state: "fault",
        message: error.message,
        passing: error.retryable,
      },
    ];
  }
}

function tierOfLaplas({ name, rules }: Tier): Finding {
  const assumed = rules.filter(({ evidence }) => evidence.status === "assumed").length;
  const more = assumed === 0 ? "" : `; ${assumed} of its ${rules.length} rules are assumed, see laplas tier`;
  return { name: "tier", state: "ok", message: `${name}${more}` };
}

function examineTier({ id, tier }: EngineProvider, doubts: readonly ProviderDoubt[]): Finding {
  const doubted = new Set(doubts.filter(({ provider }) => provider === id).map(({ rule }) => rule)).size;
  const more =
    doubted === 0 ? "" : `; ${doubted} of its ${tier.rules.length} rules are in doubt, see laplas tier --doubt`;
  return { name: "tier", state: "ok", message: `${id}: ${tier.name}${more}` };
}

function examinePlace({ ledger }: Status, warnings: readonly string[], { ledger: wanted }: GatewayConfig): Finding {
  const [warning] = warnings;
  if (warning !== undefined) {
    return {
      name: "ledger",
      state: "warning",
      message: warning,
      remedy: "Mend the place, or name another one: --ledger sqlite:PATH (LAPLAS_LEDGER).",
    };
  }
  if (wanted === "memory") {
    return { name: "ledger", state: "ok", message: "in memory: each program forgets it when it ends" };
  }
  return { name: "ledger", state: "ok", message: `${ledger}, opened for writing` };
}

const RESUMED: Finding = { name: "provider", state: "ok", message: "asked again for all that it did not serve" };

/** @param whose the provider, where there are several */
function examineBudget({ windows, blockedUntil, paymentRequired }: Status, whose = ""): Finding[] {
  if (paymentRequired) {
    const message = `${whose}the provider requires payment before it serves any more requests`;
    return [{ name: "budget", state: "warning", message, remedy: "Then: laplas doctor --resume" }];
  }
  const spent = windows.find(({ left }) => left <= 0);
  if (blockedUntil !== undefined || spent !== undefined) {
    const message =
      blockedUntil !== undefined
        ? `${whose}used up, according to the server; asked again ${until(blockedUntil)}`
        : `${whose}${spent?.rule} is used up; all back ${until(spent?.resetsAt ?? new Date())}`;
    return [
      {
        name: "budget",
        state: "warning",
        message,
        remedy:
          whose === ""
            ? "Until then only models that cost nothing may answer: laplas models --sort calls"
            : "Until then other providers answer, where a route or auto has them.",
      },
    ];
  }
  return windows.map(({ rule, left, limit, unit }) => ({
    name: "budget",
    state: "ok",
    // Of several windows in one unit the rule says which it is.
    message: `${whose}${whole(left)} of ${whole(limit)} ${unit} left${windows.length > 1 ? ` (${rule})` : ""}`,
  }));
}
