import { createLaplas, isLaplasError, type Status } from "@laplas/core";
import type { GatewayConfig } from "../config/config-schema.js";
import { engineOptions } from "../config/engine-options.js";
import type { Terminal } from "../terminal/terminal.js";
import { until, whole } from "../terminal/words.js";
import { examineTimes, type MendOptions } from "./doctor-times.js";
import type { Finding } from "./finding.js";

/** Opens the ledger for writing, as a call would, and reads the account. */
export async function examineLedger(
  terminal: Terminal,
  config: GatewayConfig,
  options: MendOptions & { readonly resume: boolean },
): Promise<Finding[]> {
  const warnings: string[] = [];
  try {
    const laplas = createLaplas({
      ...engineOptions(terminal, config, undefined),
      // The account of no key is empty; what is looked at is the place.
      apiKey: config.apiKey ?? "none",
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
      const status = await laplas.status();
      const assumed = laplas.tier.rules.filter(({ evidence }) => evidence.status === "assumed").length;
      const rules =
        assumed === 0 ? "" : `; ${assumed} of its ${laplas.tier.rules.length} rules are assumed, see laplas tier`;
      return [
        { name: "tier", state: "ok", message: `${laplas.tier.name}${rules}` },
        ...old,
        examinePlace(
          status,
          // That one is a finding of its own.
          warnings.filter((message) => !message.includes("laplas doctor --mend")),
          config,
        ),
        ...times,
        ...(options.resume ? [RESUMED] : []),
        ...(config.apiKey === undefined ? [] : examineBudget(status)),
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

function examineBudget({ windows, blockedUntil, paymentRequired }: Status): Finding[] {
  if (paymentRequired) {
    const message = "the provider wants to be paid before it serves anything more";
    return [{ name: "budget", state: "warning", message, remedy: "Then: laplas doctor --resume" }];
  }
  const spent = windows.find(({ left }) => left <= 0);
  if (blockedUntil !== undefined || spent !== undefined) {
    const message =
      blockedUntil !== undefined
        ? `spent, says the server; asked again ${until(blockedUntil)}`
        : `${spent?.rule} is spent; all back ${until(spent?.resetsAt ?? new Date())}`;
    return [
      {
        name: "budget",
        state: "warning",
        message,
        remedy: "Until then only models that cost nothing may answer: laplas models --sort calls",
      },
    ];
  }
  return windows.map(({ left, limit, unit }) => ({
    name: "budget",
    state: "ok",
    message: `${whole(left)} of ${whole(limit)} ${unit} left`,
  }));
}
