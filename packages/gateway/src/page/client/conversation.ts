/** How an answer came to its end: `cut` at a limit of tokens, `stopped` by its reader, `broken` on its way. */
export type AnswerEnd = "running" | "whole" | "cut" | "stopped" | "broken";

/** An answer of a model, as far as it came. */
export interface Answer {
  readonly model: string;
  readonly text: string;
  readonly thoughts: string;
  readonly end: AnswerEnd;
  /** In the unit of its tier; of all its parts. `undefined`: nothing said so. */
  readonly cost: number | undefined;
  /** Id of the request whose cost is not in `cost`, since its answer ended before the usage came. */
  readonly uncounted: string | undefined;
  /** Requests that it took. */
  readonly parts: number;
  /** Model tokens that the tier cut it to, as far as the gateway said. */
  readonly limit: number | undefined;
  /** What the gateway changed or waited for, in words. */
  readonly notes: readonly string[];
  /** Asked to go on, the model said something else: next time it is asked more firmly. */
  readonly isAstray: boolean;
}

/** A question and what came of it. */
export interface Exchange {
  readonly id: number;
  readonly question: string;
  /** `undefined` until the gateway lets the question pass. */
  readonly answer: Answer | undefined;
}

/** What goes with every question. */
export interface ChatSettings {
  readonly system: string;
  /** `undefined`: the model's own. */
  readonly temperature: number | undefined;
}

export const NO_SETTINGS: ChatSettings = { system: "", temperature: undefined };

interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** The body of a request for the last exchange's answer. */
export function chatBody(
  exchanges: readonly Exchange[],
  model: string,
  { system, temperature }: ChatSettings,
): { readonly model: string; readonly messages: readonly Message[] } & Readonly<Record<string, unknown>> {
  const last = exchanges.at(-1);
  const before = exchanges.slice(0, -1).flatMap(({ question, answer }): Message[] => [
    { role: "user", content: question },
    // Models refuse a conversation that holds an answer without a word.
    ...(answer === undefined || answer.text.trim() === ""
      ? []
      : [{ role: "assistant", content: answer.text } as const]),
  ]);
  return {
    model,
    messages: [
      ...(system.trim() === "" ? [] : [{ role: "system", content: system } as const]),
      ...before,
      ...(last === undefined ? [] : [{ role: "user", content: last.question } as const]),
    ],
    ...(temperature === undefined ? {} : { temperature }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** The exchanges with the last one's answer in its new state. */
export function withAnswer(exchanges: readonly Exchange[], answer: Answer | undefined): readonly Exchange[] {
  const last = exchanges.at(-1);
  return last === undefined ? exchanges : [...exchanges.slice(0, -1), { ...last, answer }];
}

/** Whether a model can be asked for the rest of an answer. */
export function canGoOn({ end, text }: Answer): boolean {
  return text.trim() !== "" && (end === "cut" || end === "stopped" || end === "broken");
}
