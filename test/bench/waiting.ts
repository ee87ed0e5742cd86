import { startChild } from "./child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import type { CallersAnswer, CallersOpened, CallersQuestion } from "./waiting-callers-child.ts";
import type { WaitingAnswer, WaitingQuestion } from "./waiting-child.ts";
import type { GatewayClosed, GatewayOpened, GatewayQuestion } from "./waiting-gateway-child.ts";

const CALL_MS = 20;
const CALLERS = [1, 300, 1_000, 2_000];
const QUICK_CALLERS = [1, 50];
/** A probe of a cluster comes every few seconds; this often none that would be slow is missed. */
const HEALTH_EVERY_MS = 20;

/** What waiting costs: callers that all want the one slot at once. */
export async function benchWaiting({ quick, progress }: BenchSettings): Promise<string> {
  const rows: string[][] = [];
  for (const ledger of ["memory", "sqlite"] as const) {
    for (const callers of quick ? QUICK_CALLERS : CALLERS) {
      progress(`waiting: ${callers} callers, ${ledger}`);
      const child = startChild("waiting-child.ts");
      const question: WaitingQuestion = { ledger, callers, callMs: CALL_MS };
      const { answered, tookMs, blockedMs } = await child.ask<WaitingAnswer>(question);
      child.end();
      const each = tookMs / callers;
      rows.push([
        ledger,
        callers.toLocaleString("en"),
        answered.toLocaleString("en"),
        figure(tookMs / 1_000),
        figure(each),
        figure(blockedMs),
        "",
      ]);
    }
  }
  for (const callers of quick ? QUICK_CALLERS : CALLERS) {
    progress(`waiting: ${callers} callers, gateway`);
    const { answered, tookMs, blockedMs, slowestHealthMs } = await waitAtGateway(callers);
    rows.push([
      "gateway, sqlite",
      callers.toLocaleString("en"),
      answered.toLocaleString("en"),
      figure(tookMs / 1_000),
      figure(tookMs / callers),
      figure(blockedMs),
      figure(slowestHealthMs),
    ]);
  }
  const head = [
    "ledger",
    "callers at once",
    "answered",
    "s in all",
    "ms per call",
    "event loop blocked for at most, ms",
    "slowest `/health`, ms",
  ];
  return [
    "### Waiting",
    "",
    markdownTable(head, rows),
    "",
    `One slot, an upstream that takes ${CALL_MS} ms for each call and runs in the same process; at the gateway, whose figure is its own, upstream and clients run in another, and \`/health\` is asked every ${HEALTH_EVERY_MS} ms meanwhile. The row of one caller is what a call takes without a queue.`,
  ].join("\n");
}

/** Callers of a gateway in a process of its own, and another client that asks for its health meanwhile. */
async function waitAtGateway(callers: number): Promise<CallersAnswer & GatewayClosed & { slowestHealthMs: number }> {
  const clients = startChild("waiting-callers-child.ts");
  const gateway = startChild("waiting-gateway-child.ts");
  const askClients = <Answer>(question: CallersQuestion) => clients.ask<Answer>(question);
  const askGateway = <Answer>(question: GatewayQuestion) => gateway.ask<Answer>(question);
  const { upstream } = await askClients<CallersOpened>({ step: "open", callMs: CALL_MS });
  const { baseURL } = await askGateway<GatewayOpened>({ step: "open", upstream, maxQueue: callers });
  await askClients<CallersAnswer>({ step: "call", baseURL, callers: 20 });
  await healthMs(baseURL);
  await askGateway<GatewayClosed>({ step: "watch" });
  let isOver = false;
  const calls = askClients<CallersAnswer>({ step: "call", baseURL, callers }).finally(() => {
    isOver = true;
  });
  let slowestHealthMs = 0;
  while (!isOver) {
    slowestHealthMs = Math.max(slowestHealthMs, await healthMs(baseURL));
    await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS));
  }
  const answer = await calls;
  const closed = await askGateway<GatewayClosed>({ step: "close" });
  clients.end();
  gateway.end();
  return { ...answer, ...closed, slowestHealthMs };
}

async function healthMs(baseURL: string): Promise<number> {
  const startedAt = performance.now();
  await (await fetch(new URL("/health", baseURL))).text();
  return performance.now() - startedAt;
}
