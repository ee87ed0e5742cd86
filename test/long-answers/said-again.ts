import type { HabitOptions, LoggedRequest } from "@laplas/sandbox";

/** What a follow-up asked for. */
export interface SeenFollowUp {
  readonly soFar: string;
  readonly anchor: string;
}

/** The follow-ups among the requests of a call, as the sandbox saw them. */
export function followUpsIn(requests: readonly LoggedRequest[]): SeenFollowUp[] {
  return requests.flatMap(({ body }) => {
    const messages = (body as { messages: readonly { content?: unknown }[] }).messages;
    const [answer, instruction] = messages.slice(-2).map(({ content }) => textOf(content));
    const anchor = /<end>(.*)<\/end>/s.exec(instruction ?? "")?.[1];
    return anchor === undefined ? [] : [{ soFar: answer ?? "", anchor }];
  });
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map(({ text }: { text?: string }) => text ?? "").join("") : "";
}

/** No overlap of fewer characters is taken for a proof. */
const SHORTEST_PROOF = 16;

/**
 * Whether what a model of this habit says again shows where it goes on: it has to stand once in the answer so far, or it could as well be
 * what comes next. One or two words never do.
 */
export function provesSeam(habit: HabitOptions, { soFar, anchor }: SeenFollowUp): boolean {
  const echo = echoOf(habit, soFar, anchor);
  return echo.length >= SHORTEST_PROOF && soFar.indexOf(echo) === soFar.lastIndexOf(echo);
}

function echoOf(habit: HabitOptions, soFar: string, anchor: string): string {
  switch (habit.kind) {
    case "repeatsWords":
      return soFar.slice(lastWordsStart(soFar, habit.words ?? 5));
    case "sameAgain":
      return soFar.slice(Math.max(0, soFar.length - (habit.last ?? soFar.length)));
    case "echoesLess":
      return anchor.slice(wordStartFrom(anchor, anchor.length >> 1));
    default:
      return anchor;
  }
}

const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}_'-])+/gu;

function lastWordsStart(text: string, count: number): number {
  return [...text.matchAll(WORD)].at(-count)?.index ?? 0;
}

function wordStartFrom(text: string, from: number): number {
  const blank = text.slice(from - 1).search(/\s\S/);
  return blank === -1 ? from : from + blank;
}
