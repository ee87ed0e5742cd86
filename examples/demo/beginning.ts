import type { Documents } from "./documents.ts";
import { QuotaError } from "./errors.ts";
import { leftOutLines } from "./left-out.ts";
import type { Pieces } from "./pieces.ts";
import { heading, list, note, opening } from "./screen.ts";
import { count, resetText } from "./words.ts";
import type { World } from "./world.ts";

/** Says in the first line who answers. */
export function showBeginning(isReal: boolean): void {
  if (isReal) opening("Runs against the real API, with your key.", "Calls cost API tokens.");
  else
    opening(
      "No model answers: this is a sandbox.",
      "It answers with sentences from the files, makes embeddings from their words, and sends nothing off this machine. Set LAPLAS_API_KEY to use real models.",
    );
}

/** Says what is read, and names what is not. */
export function showReading(read: number, { root, leftOut, otherKinds }: Omit<Documents, "documents">): void {
  note(`${count(read, "file")} below ${root}`);
  if (leftOut.length > 0) {
    note(`${count(leftOut.length)} left out:`);
    list(leftOutLines(leftOut));
  }
  const others = [...otherKinds].sort(([, one], [, other]) => other - one);
  if (others.length === 0) return;
  const total = others.reduce((sum, [, files]) => sum + files, 0);
  const kinds = others.slice(0, 3).map(([kind]) => kind || "no extension");
  note(`${count(total, "file")} of other kinds not read (${kinds.join(", ")}${others.length > 3 ? ", ..." : ""})`);
}

/** Says before anything is sent what share of the texts is taken, and what the demo will cost. @throws QuotaError */
export async function showPieces({ taken, total }: Pieces, { plan, laplas, isReal }: World): Promise<void> {
  heading("Embedding");
  const share = Math.max(1, Math.round((taken.length / total) * 100));
  note(
    taken.length === total
      ? `${count(total, "piece")} of text, all of them`
      : `${count(taken.length)} of ${count(total, "piece")} of text (${share} %), as many from each file. Questions about the rest find nothing.`,
  );
  const { expected, unit } = plan.cost;
  const cost = `about ${count(Math.ceil(expected))} ${unit}`;
  if (!isReal) {
    // Of what is nobody's, only what is out of the ordinary is worth a line.
    if (!plan.fitsToday)
      note(`This would take ${plan.days} days of the free tier (${cost}). The sandbox extends its day.`);
    return;
  }
  const { windows } = await laplas.status();
  const window = windows.find(({ rule }) => rule === plan.boundBy) ?? windows[0];
  const left = window && ` ${count(window.left)} of ${count(window.limit)} ${window.unit} are left today.`;
  note(`This run will cost ${cost}.${left ?? ""}`);
  if (plan.fitsToday) return;
  if (plan.problem !== undefined) throw new QuotaError(`What is left of the quota is not known: ${plan.problem}`);
  const reset = window === undefined ? "" : ` It resets in ${resetText(window.resetsAt)}.`;
  throw new QuotaError(
    `Today's quota is too small for this run (rule ${plan.boundBy}).${reset} Without LAPLAS_API_KEY the demo runs on a sandbox.`,
  );
}
