import type { ChatCompletion, ChatCompletionChunk, Usage } from "../request/wire-types.js";
import { addUsage } from "./add-usage.js";
import type { CallContext } from "./call-context.js";
import { withCost } from "./count-usage.js";
import type { ChatJob, Part } from "./job.js";
import type { PreparedCall } from "./prepared-call.js";
import { readChatAnswer } from "./read-chat-answer.js";
import { withCompleted } from "./with-completed.js";

/** A request of a chat, and the number that its first choice has in the answer. */
interface ChatPart extends Part {
  readonly choice: number;
}

/** Chats whose choices are one answer's, numbered in the order of their requests: one, one asked several times, or several. */
export function createChatJob(
  { options: { provider } }: Pick<CallContext, "options">,
  plans: readonly [PreparedCall, ...PreparedCall[]],
): ChatJob {
  const [plan] = plans;
  const { totals } = plan;
  const parts = plans.flatMap(partsOf);
  const isOne = parts.length === 1;
  const answers: ChatCompletion[] = [];
  let asked = 0;
  let usage: Usage | undefined;
  /** How the stream begins: one answer has one id, date and model, of however many requests it is made. */
  let head: Pick<ChatCompletionChunk, "id" | "created" | "model"> | undefined;
  let usageChunk: ChatCompletionChunk | undefined;

  const numbered = <Choice extends { readonly index: number }>(choices: readonly Choice[]): Choice[] => {
    const first = parts[asked - 1]?.choice ?? 0;
    return choices.map((choice) => ({ ...choice, index: first + choice.index }));
  };

  const addUsed = (used: Usage): void => {
    usage = isOne ? used : withCost(addUsage(usage ?? {}, used), plan.unit, totals.cost);
  };

  const noteEnds = (choices: readonly { readonly finish_reason: string | null }[]): void => {
    const { cappedByTier } = parts[asked - 1]?.plan ?? plan;
    if (cappedByTier && choices.some(({ finish_reason: reason }) => reason === "length")) totals.truncated = true;
  };

  return {
    next() {
      const part = parts[asked];
      asked += 1;
      return part;
    },
    take(given) {
      const answer = readChatAnswer(provider, parts[asked - 1]?.plan ?? plan, given);
      noteEnds(answer.choices);
      addUsed(answer.usage ?? {});
      answers.push(isOne ? answer : { ...answer, choices: numbered(answer.choices) });
    },
    failed: (error) =>
      withCompleted(
        error,
        answers.flatMap(({ choices }) => choices),
      ),
    answer() {
      const [first] = answers;
      if (first === undefined) throw new TypeError("there is no answer yet");
      const choices = isOne ? first.choices : answers.flatMap((answer) => answer.choices);
      return { ...first, choices, ...(usage === undefined ? {} : { usage }) };
    },
    read(chunk) {
      noteEnds(chunk.choices);
      if (isOne) return chunk;
      const { id, created, model, usage: told, ...others } = chunk;
      head ??= { id, created, model };
      // Clients add up what several chunks say: it comes once, at the end.
      return { ...head, ...others, choices: numbered(chunk.choices), ...(told === null ? { usage: null } : {}) };
    },
    ended(told) {
      if (!plan.request.includeUsage) return;
      const chunk = told();
      if (chunk === undefined) return;
      usageChunk = { ...chunk, ...head };
      addUsed(chunk.usage ?? {});
    },
    rest: () => (usageChunk === undefined || usage === undefined ? [] : [{ ...usageChunk, usage }]),
  };
}

/** The requests of one chat. What was asked for as `n` is several choices of one, or one of each. */
function partsOf(plan: PreparedCall, position: number): ChatPart[] {
  const { n } = plan.request.body;
  const each = typeof n === "number" ? n : 1;
  return plan.adapted.parts.map(({ body }, index) => ({ plan, body, choice: position * each + index }));
}
