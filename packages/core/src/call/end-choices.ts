import { mapChanged } from "../dialect/map-changed.js";
import type { ChatCompletionChunk } from "../request/wire-types.js";

type Choice = ChatCompletionChunk["choices"][number];

/** Follows the choices of one stream to their ends, as its caller reads them. */
export interface ChoiceEnds {
  /** The choices that have not ended. */
  readonly open: ReadonlySet<number>;
  /**
   * The chunk with one `finish_reason` for each choice, `tool_calls` for one that called: the same object where nothing changes.
   * `undefined` where nothing is left of it.
   */
  read(chunk: ChatCompletionChunk): ChatCompletionChunk | undefined;
}

/**
 * Agents stop at the first reason they read, or take the last one for the only one: it comes once. They run tools for `tool_calls`
 * alone, and some servers say `stop` there.
 */
export function followEnds(): ChoiceEnds {
  const open = new Set<number>();
  const ended = new Set<number>();
  const called = new Set<number>();

  const readChoice = (choice: Choice): Choice => {
    const { index = 0, delta, finish_reason: reason } = choice;
    if (delta?.tool_calls?.length) called.add(index);
    if (ended.has(index)) return typeof reason === "string" ? { ...choice, finish_reason: null } : choice;
    if (!reason) {
      open.add(index);
      return choice;
    }
    ended.add(index);
    open.delete(index);
    const finish_reason = endReason(reason, called.has(index));
    return finish_reason === reason ? choice : { ...choice, finish_reason };
  };

  return {
    open,
    read(chunk) {
      const choices = mapChanged(chunk.choices, readChoice);
      if (choices === chunk.choices) return chunk;
      const left = choices.filter(
        (choice, place) => choice.finish_reason || choice === chunk.choices[place] || !isEmpty(choice),
      );
      if (left.length === 0 && !chunk.usage) return undefined;
      return { ...chunk, choices: left };
    },
  };
}

/** What an answer ends with. Some servers say of calls what they say of texts. */
export function endReason(reason: string | null, hasCalls: boolean): string | null {
  return hasCalls && reason === "stop" ? "tool_calls" : reason;
}

/** Whether a choice adds nothing to its answer. */
function isEmpty({ delta }: Choice): boolean {
  return Object.entries(delta ?? {}).every(
    ([name, value]) =>
      name === "role" || value === null || value === "" || (Array.isArray(value) && value.length === 0),
  );
}
