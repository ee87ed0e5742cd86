import type { ChatAnswerMessage, ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import type { RequestBody } from "./prepared-call.js";

type Message = ChatAnswerMessage | ChatDelta | null | undefined;

/** The length of an answer. */
export interface AnswerCharacters {
  /** Text, and arguments of tool calls. */
  readonly said: number;
  readonly thought: number;
}

/** Counts a streamed answer against the `max_tokens` that were sent: an upstream that has lost count writes on for ever. */
export interface AnswerLength {
  /** What has come, in characters as the model wrote them. */
  readonly characters: AnswerCharacters;
  /** Adds a chunk; whether the answer is certainly longer than {@link TIMES} what it may be. */
  add(chunk: ChatCompletionChunk): boolean;
  /** The same of what a chunk says. */
  addCharacters(characters: AnswerCharacters): boolean;
}

const TIMES = 4;
/** The longest token of OpenAI's vocabularies, 128 blanks: no answer has more characters than this for each of its tokens. */
const LONGEST_TOKEN = 128;
/**
 * Of usual text. That alone proves nothing (a line of dashes is one token), and neither does the number of pieces (some servers
 * send every letter for itself); a long text in many pieces does.
 */
const USUAL_TOKEN = 4;
/** Some servers don't count thoughts into `max_tokens`: DeepSeek's reasoner had up to so many beside it until 2025-04. */
const UNCOUNTED_THOUGHTS = 32_768;

/** @param body as it is sent; without a limit in it nothing is too long */
export function countAnswer({ max_tokens: limit, max_completion_tokens: other, n }: RequestBody): AnswerLength {
  const tokens = count(limit) ?? count(other) ?? Number.POSITIVE_INFINITY;
  const answers = count(n) ?? 1;
  const answer = createCounter(tokens * answers);
  const thoughts = createCounter((tokens + UNCOUNTED_THOUGHTS) * answers);
  const addCharacters = ({ said, thought }: AnswerCharacters): boolean => {
    answer.add(said);
    thoughts.add(thought);
    return answer.isTooLong() || thoughts.isTooLong();
  };
  return {
    get characters() {
      return { said: answer.characters, thought: thoughts.characters };
    },
    add: ({ choices }) => addCharacters(charactersOf(choices.map(({ delta }) => delta))),
    addCharacters,
  };
}

/** Model tokens that an answer has at least: as many as it was allowed, for each choice that its limit has cut. */
export function tokensOfCut(
  { max_tokens: limit, max_completion_tokens: other }: RequestBody,
  reasons: Iterable<unknown>,
): number {
  const tokens = count(limit) ?? count(other) ?? 0;
  return [...reasons].filter((reason) => reason === "length").length * tokens;
}

function createCounter(tokens: number) {
  let pieces = 0;
  let characters = 0;
  return {
    get characters() {
      return characters;
    },
    add(more: number): void {
      if (more === 0) return;
      pieces += 1;
      characters += more;
    },
    isTooLong(): boolean {
      const most = TIMES * tokens;
      return characters > most * LONGEST_TOKEN || (characters > most * USUAL_TOKEN && pieces > most);
    },
  };
}

/** The length of messages, or of parts of them. They may be as they came: what has another shape has no length. */
export function charactersOf(messages: readonly Message[]): AnswerCharacters {
  let said = 0;
  let thought = 0;
  for (const message of messages) {
    said += saidIn(message);
    thought += lengthOf(message?.reasoning_content);
  }
  return { said, thought };
}

function saidIn(message: Message): number {
  let length = lengthOf(message?.refusal) + lengthOf(message?.content);
  const calls: unknown = message?.tool_calls;
  if (Array.isArray(calls)) for (const call of calls) length += lengthOf(call?.function?.arguments);
  const legacy = message?.function_call as { arguments?: unknown } | null | undefined;
  return length + lengthOf(legacy?.arguments);
}

/** Of a text, or of the texts in a list of parts. */
function lengthOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (!Array.isArray(value)) return 0;
  return value.reduce<number>((sum, part) => sum + (typeof part?.text === "string" ? part.text.length : 0), 0);
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
