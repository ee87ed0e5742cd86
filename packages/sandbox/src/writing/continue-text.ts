import { createRandom } from "../drawing/random.js";
import { closeJson } from "./close-json.js";
import type { FollowUpForm } from "./follow-up.js";
import type { HabitOptions } from "./habit.js";
import { lastWordsStart, outOfPair, wordStartFrom } from "./word-ends.js";

/** What is to be gone on with, and how. */
export interface Continuation {
  whole: string;
  /** How much of it is said. */
  at: number;
  form: FollowUpForm;
  json: boolean;
  seed: number;
  otherText: (seed: number) => string;
}

/** What a model with this habit says to the asked form, before its cap. Thinking has no text. */
export function continueText(habit: HabitOptions, continuation: Continuation): string {
  const { whole, at, form, seed, otherText } = continuation;
  const { mark, anchor } = form;
  const rest = whole.slice(at);
  switch (habit.kind) {
    case "empty":
    case "thinks":
      return "";
    case "sameAgain":
      return whole.slice(habit.last === undefined ? 0 : outOfPair(whole, Math.max(at - habit.last, 0)));
    case "restarts":
      return otherText(seed + 1);
    case "changesMind":
      if (habit.after === "echo") break;
      return `${mark}\n${anchor.slice(0, outOfPair(anchor, anchor.length >> 1))}, or rather: ${otherText(seed + 2)}`;
    case "otherPlace":
      return otherPlace(habit.ahead ?? false, continuation);
  }
  if (rest === "") return form.endMark;
  switch (habit.kind) {
    case "withoutMark":
      return anchor + rest;
    case "markOnly":
      return `${mark}\n${rest}`;
    case "ignores":
      return habit.trimmed ? rest.trimStart() : rest;
    case "repeatsWords":
      return whole.slice(lastWordsStart(whole.slice(0, at), habit.words ?? 5));
    case "echoesMore": {
      const before = whole.slice(0, at - anchor.length);
      return `${mark}\n${whole.slice(lastWordsStart(before, habit.words ?? 5))}`;
    }
    case "echoesLess":
      return `${mark}\n${anchor.slice(wordStartFrom(anchor, anchor.length >> 1))}${rest}`;
    case "remark": {
      const remark = habit.text ?? createRandom(seed).pick(remarks);
      return `${remark}\n${habit.instead ? "" : `${mark}\n`}${anchor}${rest}`;
    }
    case "blankLines":
      return `\n\n\n${mark}\n\n\n${anchor}${rest}`;
    case "fence": {
      const language = habit.language ?? languageOf(continuation);
      return `${mark}\n\`\`\`${language}\n${anchor}${rest}${habit.closes ? "\n```" : ""}`;
    }
    case "stopsEarly":
      return habit.says === "endMark" ? form.endMark : `${mark}\n${anchor}${nearEnd(continuation)}`;
    default:
      return `${mark}\n${anchor}${rest}`;
  }
}

/** What a model says that goes on right behind a prefill. It is asked for no form, so most habits have no place. */
export function continuePrefill(habit: HabitOptions, whole: string, at: number, json: boolean): string {
  if (habit.kind === "empty" || habit.kind === "thinks") return "";
  return habit.kind === "stopsEarly" ? nearEnd({ whole, at, json }) : whole.slice(at);
}

const remarks = [
  "Sure, here is the rest:",
  "Continuing from where I stopped:",
  "Of course! I'll go on.",
  "(continued)",
  "Certainly. Here is the continuation, exactly from where it was cut off:",
  "Apologies for the interruption.",
] as const;

/** A little more, up to the end of a sentence, a line or a JSON value, then what closes the document. */
function nearEnd({ whole, at, json }: Pick<Continuation, "whole" | "at" | "json">): string {
  const from = Math.min(at + 20, whole.length);
  if (json) return closeJson(whole, from).slice(at);
  const end = /[.!?:][\s"]|[。\n]/.exec(whole.slice(from));
  return whole.slice(at, end ? from + end.index + 1 : whole.length);
}

/** The language of the last fence with one. */
function languageOf({ whole, at, json }: Continuation): string {
  return [...whole.slice(0, at).matchAll(/^```([\w+-]+)/gm)].at(-1)?.[1] ?? (json ? "json" : "text");
}

/** Another place with its own echo: one that was said already, or one that leaves something out. */
function otherPlace(ahead: boolean, { whole, at, form, seed }: Continuation): string {
  const random = createRandom(seed);
  const later = wordStartFrom(whole, at + Math.floor(random.between(120, 300)));
  const earlier = wordStartFrom(whole, Math.floor(at * random.between(0.3, 0.7)));
  const place = ahead && later < whole.length ? later : earlier;
  return `${form.mark}\n${whole.slice(outOfPair(whole, Math.max(place - form.anchor.length, 0)))}`;
}
