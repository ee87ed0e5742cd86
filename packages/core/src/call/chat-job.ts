import type { ChatCompletion, ChatCompletionChunk, Usage } from "../request/wire-types.js";
import { addUsage } from "./add-usage.js";
import type { CallContext } from "./call-context.js";
import { withCost } from "./count-usage.js";
import { isContinued } from "./is-continued.js";
import type { ChatJob } from "./job.js";
import { type ChatPart, createLongChoices } from "./long-choices.js";
import type { PreparedCall } from "./prepared-call.js";
import { readChatAnswer } from "./read-chat-answer.js";
import { toDelta } from "./shape-answer.js";
import { withCompleted } from "./with-completed.js";

type Choice = ChatCompletion["choices"][number];

/**
 * Chats whose choices are one answer's, numbered in the order of their requests: one, one asked several times, or several; and what goes on
 * with a choice that the tier's limit has cut. A choice is finished before the next request begins another.
 */
export function createChatJob(context: CallContext, plans: readonly [PreparedCall, ...PreparedCall[]]): ChatJob {
  const { provider } = context.options;
  const [plan] = plans;
  const { totals, request } = plan;
  const parts = plans.flatMap(partsOf);
  const long = isContinued(plan) ? createLongChoices(context, plan) : undefined;
  const isOne = parts.length === 1 && long === undefined;
  const answers: ChatCompletion[] = [];
  let begun = 0;
  let current: ChatPart | undefined;
  let usage: Usage | undefined;
  /** How the stream begins: one answer has one id, date and model, of however many requests it is made. */
  let head: Pick<ChatCompletionChunk, "id" | "object" | "created" | "model"> | undefined;
  let usageChunk: ChatCompletionChunk | undefined;
  /** Whether the server has said the usage with its last choice, as it does to clients that asked for none. */
  let isUsageToldEarly = false;
  const ready: ChatCompletionChunk[] = [];

  const partNow = (): ChatPart => {
    if (current === undefined) throw new TypeError("no request was given");
    return current;
  };
  const numbered = <One extends { readonly index: number }>(list: readonly One[]): readonly One[] => {
    const { choice: first } = partNow();
    return first === 0 ? list : list.map((choice) => ({ ...choice, index: first + choice.index }));
  };
  const addUsed = (used: Usage): void => {
    const counted = long?.endPart(partNow(), used) ?? used;
    usage = isOne ? counted : withCost(addUsage(usage ?? {}, counted), plan.unit, totals.cost);
    totals.usage = usage;
  };
  const noteEnds = (list: readonly { readonly finish_reason: string | null }[]): void => {
    if (!partNow().plan.cappedByTier) return;
    if (list.some(({ finish_reason: reason }) => reason === "length")) totals.truncated = true;
  };
  const finish = (choice: ChatCompletionChunk["choices"][number]): void => {
    if (head === undefined) return;
    const isLast = begun === parts.length && long?.areFinished === true;
    const told = isLast && isUsageToldEarly && !request.includeUsage && usage !== undefined ? { usage } : {};
    ready.push({ ...head, choices: [choice], ...told });
  };
  const wholeChoices = (): Choice[] => {
    return answers.flatMap(({ choices }) => choices.map((choice) => long?.whole(choice) ?? choice));
  };

  return {
    isOne,
    get isGoingOn() {
      return current?.goesOn !== undefined;
    },
    next() {
      current = long?.next(finish);
      if (current === undefined) {
        current = parts[begun];
        begun += 1;
      }
      if (current === undefined && usageChunk !== undefined && usage !== undefined) {
        ready.push({ ...usageChunk, usage });
        usageChunk = undefined;
      }
      return current;
    },
    take(given) {
      const part = partNow();
      const answer = readChatAnswer(provider, part.plan, given);
      const choices = [...numbered(answer.choices)];
      if (long === undefined) noteEnds(choices);
      else
        long.read(
          part,
          choices.map(({ message, ...choice }) => ({ ...choice, delta: toDelta(message) })),
        );
      if (part.goesOn === undefined) answers.push(isOne ? answer : { ...answer, choices });
      addUsed(answer.usage ?? {});
    },
    failed(error) {
      if (current?.goesOn === undefined) return withCompleted(error, wholeChoices());
      long?.fail(error);
      return undefined;
    },
    answer() {
      const [first] = answers;
      if (first === undefined) throw new TypeError("there is no answer yet");
      return { ...first, choices: wholeChoices(), ...(usage === undefined ? {} : { usage }) };
    },
    read(chunk) {
      if (long === undefined) noteEnds(chunk.choices);
      if (isOne) return chunk;
      const { id, object, created, model, usage: told, ...others } = chunk;
      head ??= { id, object, created, model };
      if (told) isUsageToldEarly = true;
      const given = numbered(chunk.choices);
      const choices = long?.read(partNow(), given) ?? given;
      const isSame =
        choices.length === given.length && choices.every((choice, place) => choice === chunk.choices[place]);
      if (isSame && begun === 1 && partNow().goesOn === undefined && !told) return chunk;
      if (choices.length === 0 && given.length > 0) return undefined;
      // Clients add up what several chunks say: it comes once, at the end.
      return { ...others, ...head, choices: [...choices], ...(told === null ? { usage: null } : {}) };
    },
    ended(told) {
      const chunk = told();
      if (chunk === undefined) return;
      addUsed(chunk.usage ?? {});
      if (request.includeUsage) usageChunk = { ...chunk, ...head };
    },
    ready: () => ready.splice(0),
  };
}

/** The requests of one chat. What was asked for as `n` is several choices of one, or one of each. */
function partsOf(plan: PreparedCall, position: number): ChatPart[] {
  const { n } = plan.request.body;
  const each = typeof n === "number" ? n : 1;
  return plan.adapted.parts.map(({ body }, index) => {
    return { plan, body, isFurther: position + index > 0, choice: position * each + index };
  });
}
