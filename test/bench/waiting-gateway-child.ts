import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createLaplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { answerParent } from "./child.ts";
import { ONE_AT_A_TIME } from "./one-at-a-time.ts";

export type GatewayQuestion =
  | { readonly step: "open"; readonly upstream: string; readonly maxQueue: number }
  | { readonly step: "watch" | "close" };

/** Where it listens, once it is open. */
export interface GatewayOpened {
  readonly baseURL: string;
}

/** The longest that the event loop was blocked since `watch`. */
export interface GatewayClosed {
  readonly blockedMs: number;
}

let delay: ReturnType<typeof monitorEventLoopDelay> | undefined;
let close = async (): Promise<void> => {};

/** A gateway as `laplas serve` runs one, whose event loop can be looked at. */
answerParent(async (question: GatewayQuestion): Promise<GatewayOpened | GatewayClosed> => {
  if (question.step === "open") {
    const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
    const laplas = createLaplas({
      apiKey: "bench",
      baseURL: question.upstream,
      ledger: `sqlite:${join(folder, "ledger.sqlite")}`,
      tier: ONE_AT_A_TIME,
      maxQueue: question.maxQueue,
    });
    const gateway = createGateway({ laplas });
    const server = await listen(gateway, { port: 0, replaceGlobals: true });
    close = async () => {
      await server.close();
      gateway.close();
      await laplas.close();
      await rm(folder, { recursive: true, force: true });
    };
    return { baseURL: server.baseURL };
  }
  if (question.step === "watch") {
    delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    return { blockedMs: 0 };
  }
  delay?.disable();
  await close();
  return { blockedMs: (delay?.max ?? 0) / 1e6 };
});
