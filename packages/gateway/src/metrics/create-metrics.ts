import type { Laplas } from "@laplas/core";
import type { RequestScope } from "../log/request-log.js";
import { countEvent } from "./count-events.js";
import { createInstruments } from "./instruments.js";
import { createModelLabel } from "./model-label.js";
import { setAccount } from "./set-account.js";

/** What Prometheus is told: counts of this process since it began, and the account as it is. */
export interface Metrics {
  /** Answers a scrape. It reads the account once and asks no provider; an account that can't be read is told as such. */
  scrape(): Promise<Response>;
  /** Takes its listener off the engines. */
  close(): void;
}

/** What they are made of. */
export interface MetricsOptions {
  readonly laplas: Laplas;
  /** Hears the engines. */
  readonly onEvent: Laplas["onEvent"];
  /** The request that an event belongs to. */
  readonly scope: () => RequestScope | undefined;
}

export function createMetrics({ laplas, onEvent, scope }: MetricsOptions): Metrics {
  const instruments = createInstruments();
  const modelLabel = createModelLabel(laplas);
  const close = onEvent((event) => countEvent(instruments, modelLabel, event, scope()?.client));
  let current: Promise<string> | undefined;

  const read = async (): Promise<string> => {
    const statuses = await laplas.statuses({ models: true }).catch(() => undefined);
    setAccount(instruments, statuses);
    return instruments.registry.metrics();
  };

  return {
    async scrape() {
      // Two that come at once get the same: one would empty the gauges that the other is about to tell.
      current ??= read().finally(() => {
        current = undefined;
      });
      const headers = {
        "content-type": instruments.registry.contentType,
        "cache-control": "no-store",
        "x-request-id": crypto.randomUUID(),
      };
      return new Response(await current, { headers });
    },
    close,
  };
}
