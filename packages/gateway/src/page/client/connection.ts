import type { FeedUpdate } from "../../recent/feed.js";
import { unseen, untilSeen } from "./attention.js";
import { readEvents } from "./read-events.js";
import { ask } from "./session.js";

/** Who hears what the gateway tells. */
export interface ConnectionListener {
  update(update: FeedUpdate): void;
  /**
   * There is no connection, and another attempt is made soon.
   *
   * @param attempts that failed in a row
   * @param why in the gateway's words, if it said so
   */
  lost(attempts: number, why: string | undefined): void;
  /** Nothing is told without another token; the connection is given up. */
  tokenNeeded(): void;
}

interface Outcome {
  readonly end: "token" | "unseen" | "lost";
  readonly why?: string | undefined;
}

/** The gateway gives a sign every quarter of a minute: one that gives none for longer is gone, or this machine slept. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** How often a tab that nobody sees looks in, so that its title stays true. */
const LOOK_IN_MS = 60_000;

/** Follows the gateway's events, over and over, until a token is asked for. The returned function stops it. */
export function follow(listener: ConnectionListener): () => void {
  const over = new AbortController();
  void (async () => {
    let attempts = 0;
    while (!over.signal.aborted) {
      const outcome = await followOnce(listener, over.signal, () => {
        attempts = 0;
      });
      if (over.signal.aborted) return;
      if (outcome.end === "token") return listener.tokenNeeded();
      if (outcome.end === "unseen") {
        await untilSeen(LOOK_IN_MS, over.signal);
        continue;
      }
      attempts += 1;
      listener.lost(attempts, outcome.why);
      await untilSeen(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1)), over.signal);
    }
  })();
  return () => over.abort();
}

/**
 * A browser opens six connections to a host, for all of its tabs together: streams of tabs that nobody sees would leave the seventh
 * nothing to load itself with. So those give theirs back.
 */
async function followOnce(listener: ConnectionListener, over: AbortSignal, onUpdate: () => void): Promise<Outcome> {
  const isLookIn = document.hidden;
  const silent = new AbortController();
  const left = unseen();
  let timer = setTimeout(() => silent.abort(), SILENCE_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), SILENCE_MS);
  };
  try {
    const response = await ask("v1/events", { signal: AbortSignal.any([over, silent.signal, left.signal]) });
    if (response.status === 401) return { end: "token" };
    if (!response.ok || response.body === null) return { end: "lost", why: await wordsOf(response) };
    for await (const data of readEvents(response.body, heard)) {
      listener.update(JSON.parse(data) as FeedUpdate);
      onUpdate();
      if (isLookIn && document.hidden) return { end: "unseen" };
    }
  } catch {
    // Whatever it was, the next attempt shows.
  } finally {
    clearTimeout(timer);
    left.stop();
  }
  return { end: left.signal.aborted ? "unseen" : "lost" };
}

async function wordsOf(response: Response): Promise<string | undefined> {
  const { error } = (await response.json()) as { error?: { message?: string } };
  return error?.message;
}
