import type { ChatCompletionChunk } from "../request/wire-types.js";
import { type AnswerCharacters, charactersOf } from "./runaway.js";

/** What the events of a stream have in common: nearly all differ in what the model says alone. */
interface EventShape {
  /** The event that it was learned from. */
  readonly chunk: ChatCompletionChunk;
  readonly index: number;
  /** Whether its choice has text, and not a thought alone. */
  readonly hasContent: boolean;
  /** What an event of this shape says, by its text alone; `undefined` for any other event, which has to be parsed. */
  match(data: string): AnswerCharacters | undefined;
}

/** Learns the shape of a stream's events as they come. */
export interface ShapeFinder {
  readonly shape: EventShape | undefined;
  /** @param data the event as the server wrote it @param chunk what it parses to, which was passed on as it is */
  learn(data: string, chunk: ChatCompletionChunk): void;
}

/** Learning costs about as much as parsing: streams whose events all differ are not studied for long. */
const FREE_TRIALS = 4;
const MATCHES_PER_TRIAL = 8;

export function findShape(): ShapeFinder {
  let shape: EventShape | undefined;
  let trials = 0;
  let matches = 0;
  return {
    get shape() {
      return shape;
    },
    learn(data, chunk) {
      if (trials >= FREE_TRIALS + matches / MATCHES_PER_TRIAL) return;
      trials += 1;
      const learned = learnShape(data, chunk);
      if (learned === undefined) return;
      const { match } = learned;
      shape = {
        ...learned,
        match(text) {
          const characters = match(text);
          if (characters !== undefined) matches += 1;
          return characters;
        },
      };
    },
  };
}

type Named = "content" | "reasoning_content" | "obfuscation";

/** Texts that differ from event to event: what the model says, and what OpenAI adds so that nobody guesses words by their length. */
const TEXTS = /("(content|reasoning_content|obfuscation)"\s*:\s*")[^"\\]*(?=")/g;
/** What stands in a JSON text for itself: no quote, no backslash, no control character. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
/** What no server writes. */
const MARK = "\uE000laplas";

/**
 * The shape of an event, from which others are told without parsing them: they are the same to the character, except for texts that have no
 * escape. So a field that is new, a reason, an error, a usage or a call is always parsed, however its key is written. Searching each event
 * for such keys instead would miss those written with escapes, and would not tell that its JSON is valid.
 *
 * @param data the event as the server wrote it
 * @param chunk what it parses to, with one choice
 * @returns `undefined` where the text of what it says can't be told from the rest
 */
function learnShape(data: string, chunk: ChatCompletionChunk): EventShape | undefined {
  const [choice] = chunk.choices;
  if (choice === undefined || chunk.choices.length > 1 || choice.finish_reason || choice.delta?.tool_calls?.length)
    return undefined;
  const fixed: string[] = [];
  const names: Named[] = [];
  let at = 0;
  for (const { 0: found, 1: head = "", 2: name, index } of data.matchAll(TEXTS)) {
    fixed.push(data.slice(at, index + head.length));
    names.push(name as Named);
    at = index + found.length;
  }
  fixed.push(data.slice(at));
  if (!isProved(fixed, names, choice.delta)) return undefined;

  return {
    chunk,
    index: choice.index,
    hasContent: typeof choice.delta.content === "string",
    match(text) {
      let said = 0;
      let thought = 0;
      let end = 0;
      for (let place = 0; place < fixed.length; place += 1) {
        const part = fixed[place] as string;
        if (!text.startsWith(part, end)) return undefined;
        end += part.length;
        if (place === names.length) break;
        PLAIN.lastIndex = end;
        PLAIN.test(text);
        const length = PLAIN.lastIndex - end;
        end = PLAIN.lastIndex;
        if (names[place] === "content") said += length;
        else if (names[place] === "reasoning_content") thought += length;
      }
      return end === text.length ? { said, thought } : undefined;
    },
  };
}

/** Whether the texts stand where they seem to, and nothing else of what was said counts: other texts are put in their places, and looked for. */
function isProved(fixed: readonly string[], names: readonly Named[], delta: unknown): boolean {
  const marks = names.map((_, place) => `${MARK}${place}`);
  const trial = JSON.parse(fixed.map((part, place) => part + (marks[place] ?? "")).join("")) as ChatCompletionChunk;
  const changed = trial.choices[0]?.delta ?? {};
  const sum = charactersOf([changed]);
  let { said, thought } = { said: 0, thought: 0 };
  const areThere = names.every((name, place) => {
    const mark = marks[place] as string;
    if (name === "obfuscation") return trial.obfuscation === mark;
    if (name === "content") said += mark.length;
    else thought += mark.length;
    return changed[name] === mark;
  });
  const before = delta as Record<string, unknown> | null | undefined;
  const hasText = typeof before?.content === "string" || typeof before?.reasoning_content === "string";
  return areThere && hasText && sum.said === said && sum.thought === thought;
}
