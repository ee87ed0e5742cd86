import { contextWord } from "./context-word.js";

const openingTag = new RegExp(`<(${contextWord}|doc|retrieved_\\w+)\\b[^<>]{0,300}>`, "gi");

/** `retrieved_1`, `retrieved_2` ... are names too; so many that are never closed are no context. */
const mostNames = 200;

/**
 * Takes `<context>...</context>` and its like out of a text. Written as a scan and not as one expression, because that
 * looks for the end of every tag anew: thousands of tags that are never closed took a second.
 */
export function takeTagged(text: string): { context: string[]; rest: string } {
  const lower = text.toLowerCase();
  const neverClosed = new Set<string>();
  const context: string[] = [];
  const kept: string[] = [];
  let end = 0;
  for (const opening of text.matchAll(openingTag)) {
    const closing = `</${(opening[1] ?? "").toLowerCase()}>`;
    if (opening.index < end || neverClosed.has(closing)) continue;
    const start = opening.index + opening[0].length;
    const closedAt = lower.indexOf(closing, start);
    if (closedAt < 0) {
      neverClosed.add(closing);
      if (neverClosed.size === mostNames) break;
      continue;
    }
    const inside = text.slice(start, closedAt).trim();
    if (inside !== "") context.push(inside);
    kept.push(text.slice(end, opening.index));
    end = closedAt + closing.length;
  }
  return { context, rest: [...kept, text.slice(end)].join("\n") };
}
