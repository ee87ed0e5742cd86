import { hideKey } from "./hide-key.js";

/** Longest piece of a foreign message that is passed on. */
const LONGEST_MESSAGE = 300;
/** A run of this many characters that a message shares with the prompt is taken for a piece of it. */
const SHARED_RUN = 16;
const LEAST_PROMPT = 4;
/** What is hidden shrinks, so more is looked at than is shown. */
const LOOKED_AT = 600;
/** What a server quotes of a long prompt is its beginning. Looking through all of 10 MB would take seconds. */
const PROMPT_LOOKED_AT = 100_000;

/** A foreign message with the key, and every piece of the caller's texts, taken out; one line, and short. */
export function hideSecrets(message: string, apiKey: string, texts: Iterable<string>): string {
  // Beyond it a key, or a short text, that begins before it is still found whole: nothing is cut before it is hidden.
  const looked = message.slice(0, LOOKED_AT + apiKey.length + SHARED_RUN);
  const line = hideKey(looked, apiKey)
    .slice(0, LOOKED_AT + SHARED_RUN)
    .replace(/\s+/g, " ")
    .trim();
  let shown = line.replace(/\bsk-[\w-]{8,}/g, "[key]");
  const short: string[] = [];
  const long: string[] = [];
  for (const text of texts) {
    const part = text.slice(0, PROMPT_LOOKED_AT).replace(/\s+/g, " ").trim();
    if (part.length >= LEAST_PROMPT) (part.length > SHARED_RUN ? long : short).push(part);
  }
  // All at once: a prompt of many messages would be gone through many times.
  shown = hideRuns(shown, long.join("\0"));
  for (const text of short) shown = shown.replaceAll(text, "[prompt]");
  return shown.length > LONGEST_MESSAGE ? `${shown.slice(0, LONGEST_MESSAGE)}...` : shown;
}

function hideRuns(message: string, text: string): string {
  let shown = "";
  let at = 0;
  while (at < message.length) {
    const run = sharedRun(message, at, text);
    if (run === 0) {
      shown += message[at];
      at += 1;
    } else {
      shown += "[prompt]";
      at += run;
    }
  }
  return shown;
}

/** Length of the run at `at` that stands in the text as well; 0 if it is shorter than counts. */
function sharedRun(message: string, at: number, text: string): number {
  let length = Math.min(SHARED_RUN, message.length - at);
  if (length < SHARED_RUN || !text.includes(message.slice(at, at + length))) return 0;
  while (at + length < message.length && text.includes(message.slice(at, at + length + 1))) length += 1;
  return length;
}
