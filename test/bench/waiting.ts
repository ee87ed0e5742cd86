import { startChild } from "./child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import type { WaitingAnswer, WaitingQuestion } from "./waiting-child.ts";

const CALL_MS = 20;
const CALLERS = [1, 300, 1_000, 2_000];
const QUICK_CALLERS = [1, 50];

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
      ]);
    }
  }
  const head = [
    "ledger",
    "callers at once",
    "answered",
    "s in all",
    "ms per call",
    "event loop blocked for at most, ms",
  ];
  return [
    "### Waiting",
    "",
    markdownTable(head, rows),
    "",
    `One slot, an upstream that takes ${CALL_MS} ms for each call and runs in the same process. The row of one caller is what a call takes without a queue.`,
  ].join("\n");
}
