import type { Laplas, LaplasEvent, WindowRule } from "@laplas/core";
import { duration, providerOf, whole } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";
import { ERASE } from "../terminal/progress.js";
import type { Terminal } from "../terminal/terminal.js";
import { periodWords } from "./describe-rule.js";

/** Shorter waits are not worth a word. */
const NOTICE_MS = 1_000;
/** In a pipe a wait for the same is said again after this: a long job would fill a log. */
const REPEAT_MS = 60_000;

type Waits = Extract<LaplasEvent, { type: "waiting"; state: "waits" }>;

/** Something that is waited for, and until when as far as it is known. */
interface Wait {
  readonly until: number | undefined;
  readonly what: string;
  /** `3 of 3`, where something is counted. */
  readonly counts?: string;
  /** Requests before it. */
  readonly position: number;
}

/**
 * Says on stderr what a command waits for, once that takes longer than a second: in a terminal on one line that counts down, elsewhere
 * once.
 *
 * @returns a function that stops it
 */
export function tellWaits(
  terminal: Terminal,
  { onEvent, ...laplas }: Pick<Laplas, "onEvent" | "providers" | "provider">,
  now: () => number = Date.now,
): () => void {
  const { stderr, stdout } = terminal;
  const waits = new Map<string, Wait>();
  let [isDrawn, saidAt, said] = [false, Number.NEGATIVE_INFINITY, ""];
  let timer: NodeJS.Timeout | undefined;

  const erase = (): void => {
    if (isDrawn) stderr.write(ERASE);
    isDrawn = false;
  };
  const show = (): void => {
    // Nothing tells of the end of a pause.
    if ((waits.get(PAUSE)?.until ?? now()) < now()) end(PAUSE);
    const wait = [...waits.values()].at(-1);
    if (wait === undefined) return;
    // The line that an answer has begun must not be erased.
    if (stderr.isTerminal && !stdout.isInLine) {
      // One that wraps could not be erased.
      const text = waitWords(wait, now(), stderr.columns - 1);
      stderr.write(`${ERASE}${stderr.render(paint("dim", text))}`);
      isDrawn = true;
    } else if (wait.what !== said || now() - saidAt >= REPEAT_MS) {
      const text = waitWords(wait, now(), Number.POSITIVE_INFINITY);
      stderr.print(`${stdout.isInLine ? "\n" : ""}${paint("dim", `laplas: ${text}`)}\n`);
      [said, saidAt] = [wait.what, now()];
    }
    timer = setTimeout(show, NOTICE_MS);
  };
  const end = (id: string): void => {
    if (!waits.delete(id) || waits.size > 0) return;
    clearTimeout(timer);
    erase();
  };
  const begin = (id: string, wait: Wait): void => {
    if (waits.size === 0) timer = setTimeout(show, NOTICE_MS);
    waits.set(id, wait);
  };

  const stop = onEvent((event) => {
    // Each attempt after a pause waits for its turn, or is the end of the call. The end of a stream's failed request comes after its pause.
    if (event.type !== "warning" && event.type !== "request") end(PAUSE);
    if (event.type === "waiting" && event.state === "waits") begin(event.id, waitOf(event, laplas));
    else if (event.type === "waiting") end(event.id);
    else if (event.type === "retry" && event.waitMs >= NOTICE_MS) {
      const what = `another attempt (${event.code})`;
      begin(PAUSE, { until: now() + event.waitMs, what, position: 0 });
    }
  });
  return () => {
    stop();
    for (const id of [...waits.keys()]) end(id);
  };
}

const PAUSE = "a pause before another attempt";

function waitOf({ provider, position, until, full }: Waits, laplas: Pick<Laplas, "providers" | "provider">): Wait {
  const wait = { until: until?.getTime(), position };
  if (full === undefined)
    return { ...wait, what: position === 0 && until === undefined ? "another call to end" : "its turn" };
  const { title, tier } = providerOf(laplas, provider);
  // Of what only the server knows, nothing is counted.
  if (full.limit === 0) return { ...wait, what: `${title}, which asked for a pause` };
  const rule = tier.rules.find((one): one is WindowRule => one.kind === "window" && one.id === full.rule);
  const what = `${full.unit}${rule === undefined ? "" : periodWords(rule.period)}`;
  return { ...wait, what, counts: `${whole(full.used)} of ${whole(full.limit)}` };
}

/** `waiting 49 s for requests per minute (3 of 3), 2 before you`; less of it where there is no room. */
function waitWords({ until, what, counts, position }: Wait, now: number, room: number): string {
  const left = until === undefined ? 0 : Math.ceil((until - now) / 1_000) * 1_000;
  const short = `waiting ${left > 0 ? `${duration(left)} ` : ""}for ${what}`;
  const counted = counts === undefined ? short : `${short} (${counts})`;
  const before = position === 0 ? "" : `, ${whole(position)} before you`;
  const texts = [counted + before, short + before, short];
  return texts.find(({ length }) => length <= room) ?? short.slice(0, room);
}
