import type { SeamKind } from "../continuation/ended.js";
import type { LongChoice, PartTokens } from "../continuation/long-choice.js";
import type { ChatCompletion, ChatCompletionChunk, Usage } from "../request/wire-types.js";
import { addUsage } from "./add-usage.js";
import type { CallContext } from "./call-context.js";
import { withCost } from "./count-usage.js";
import type { ChatJob, Part } from "./job.js";
import { endedBy, isContinued, longChoiceOf, planFollowUp } from "./long-answer.js";
import { noteForm } from "./note-form.js";
import type { PreparedCall } from "./prepared-call.js";
import { readChatAnswer } from "./read-chat-answer.js";
import { toDelta } from "./shape-answer.js";
import { withCompleted } from "./with-completed.js";

type Choice = ChatCompletion["choices"][number];
type ChunkChoice = ChatCompletionChunk["choices"][number];

/** A request of a chat. */
interface ChatPart extends Part {
  /** The number that its first choice has in the answer. */
  readonly choice: number;
  /** Of a follow-up: what it goes on with. */
  readonly goesOn?: OpenChoice;
}

/** A choice that may be continued. */
interface OpenChoice {
  readonly plan: PreparedCall;
  readonly long: LongChoice;
  isGiven: boolean;
}

/**
 * Chats whose choices are one answer's, numbered in the order of their requests: one, one asked several times, or several; and what goes on
 * with a choice that the tier's limit has cut. A choice is finished before the next request begins another.
 */
export function createChatJob(context: CallContext, plans: readonly [PreparedCall, ...PreparedCall[]]): ChatJob {
  const { provider } = context.options;
  const [plan] = plans;
  const { totals, request } = plan;
  const parts = plans.flatMap(partsOf);
  const isLong = isContinued(plan);
  const isOne = parts.length === 1 && !isLong;
  const answers: ChatCompletion[] = [];
  const choices = new Map<number, OpenChoice>();
  let begun = 0;
  let current: ChatPart | undefined;
  let before = { cost: 0, attempts: 0 };
  let usage: Usage | undefined;
  /** How the stream begins: one answer has one id, date and model, of however many requests it is made. */
  let head: Pick<ChatCompletionChunk, "id" | "object" | "created" | "model"> | undefined;
  let usageChunk: ChatCompletionChunk | undefined;
  /** Whether the server has said the usage with its last choice, as clients expect that asked for none. */
  let isUsageToldEarly = false;
  const ready: ChatCompletionChunk[] = [];
  if (isLong) totals.long = { parts: [], ended: [] };

  const numbered = <One extends { readonly index: number }>(list: readonly One[]): One[] => {
    const first = current?.choice ?? 0;
    return first === 0 ? [...list] : list.map((choice) => ({ ...choice, index: first + choice.index }));
  };
  const openChoice = (index: number): OpenChoice => {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const ofPlan = current?.plan ?? plan;
    const opened = { plan: ofPlan, long: longChoiceOf(context, ofPlan, index), isGiven: false };
    choices.set(index, opened);
    return opened;
  };

  const addUsed = (used: Usage): void => {
    usage = isOne ? used : withCost(addUsage(usage ?? {}, used), plan.unit, totals.cost);
  };
  const noteEnds = (list: readonly { readonly finish_reason: string | null }[]): void => {
    const { cappedByTier } = current?.plan ?? plan;
    if (cappedByTier && list.some(({ finish_reason: reason }) => reason === "length")) totals.truncated = true;
  };

  /** A part of a long answer is over. */
  const endPart = (used: Usage): void => {
    const tokens = tokensOf(used);
    const { goesOn } = current ?? {};
    if (goesOn === undefined) {
      addUsed(used);
      const opened = [...choices.values()].filter((one) => one.plan === current?.plan && one.long.ended === undefined);
      const each = { ...tokens, all: tokens.all / Math.max(1, opened.length) };
      const seams = opened.map(({ long }) => long.endPart(each).seam);
      notePart(seams.includes("first") ? "first" : "none");
      return;
    }
    const { seam, keptTokens, obeyed } = goesOn.long.endPart(tokens);
    if (obeyed !== undefined) noteForm(context, goesOn.plan, obeyed);
    const kept = Math.round(keptTokens);
    addUsed({ completion_tokens: kept, total_tokens: kept, estimated: true });
    notePart(seam);
  };
  const notePart = (seam: SeamKind): void => {
    totals.long?.parts.push({ cost: totals.cost - before.cost, seam });
  };

  /** Says the end of a choice that has ended. */
  const finish = (open: OpenChoice): void => {
    if (open.isGiven) return;
    open.isGiven = true;
    const { ended = "complete" } = open.long;
    totals.long?.ended.push(ended);
    const choice = open.long.last();
    if (choice.finish_reason === "length" && ended !== "max_tokens") totals.truncated = true;
    if (head === undefined) return;
    const isLast = [...choices.values()].every(({ isGiven }) => isGiven) && begun === parts.length;
    const told = isLast && isUsageToldEarly && !request.includeUsage && usage !== undefined ? { usage } : {};
    ready.push({ ...head, choices: [choice], ...told });
  };

  const nextFollowUp = (): ChatPart | undefined => {
    for (const open of choices.values()) {
      const { long } = open;
      for (let followUp = long.followUp(); followUp !== undefined; followUp = long.followUp()) {
        try {
          const planned = planFollowUp(context, open.plan, followUp);
          const [part] = planned.adapted.parts;
          if (part !== undefined) return { plan: planned, body: part.body, isFurther: true, choice: 0, goesOn: open };
        } catch (error) {
          long.fail(endedBy(error, plan.signal));
        }
      }
      finish(open);
    }
    return undefined;
  };

  const readLong = (chunk: ChatCompletionChunk): ChatCompletionChunk | undefined => {
    const { id, object, created, model } = chunk;
    head ??= { id, object, created, model };
    if (chunk.usage) isUsageToldEarly = true;
    const { goesOn } = current ?? {};
    const read = goesOn === undefined ? readBegun(numbered(chunk.choices)) : readOn(goesOn, chunk.choices);
    const isSame =
      read.length === chunk.choices.length && read.every((choice, index) => choice === chunk.choices[index]);
    if (isSame && goesOn === undefined && !chunk.usage) return chunk;
    if (read.length === 0 && chunk.choices.length > 0) return undefined;
    // Clients add up what several chunks say: it comes once, at the end.
    const { usage: told, ...others } = chunk;
    return { ...others, ...head, choices: read, ...(told === null ? { usage: null } : {}) };
  };
  const readBegun = (list: readonly ChunkChoice[]): ChunkChoice[] => {
    return list.flatMap((choice) => openChoice(choice.index).long.read(choice) ?? []);
  };
  const readOn = ({ long }: OpenChoice, [choice]: readonly ChunkChoice[]): ChunkChoice[] => {
    const read = choice && long.read(choice);
    return read === undefined ? [] : [read];
  };

  return {
    isOne,
    get isGoingOn() {
      return current?.goesOn !== undefined;
    },
    next() {
      before = { cost: totals.cost, attempts: totals.attempts };
      current = nextFollowUp();
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
      const answer = readChatAnswer(provider, current?.plan ?? plan, given);
      if (!isLong) {
        noteEnds(answer.choices);
        addUsed(answer.usage ?? {});
        answers.push(isOne ? answer : { ...answer, choices: numbered(answer.choices) });
        return;
      }
      const { goesOn } = current ?? {};
      const whole = numbered(answer.choices);
      const said = whole.map(({ message, ...choice }) => ({ ...choice, delta: toDelta(message) }));
      if (goesOn === undefined) {
        readBegun(said);
        answers.push({ ...answer, choices: whole });
      } else readOn(goesOn, said);
      endPart(answer.usage ?? {});
    },
    failed(error) {
      const { goesOn } = current ?? {};
      if (goesOn !== undefined) {
        if (totals.attempts > before.attempts) notePart("none");
        goesOn.long.fail(endedBy(error, plan.signal));
        return undefined;
      }
      const finished = answers.flatMap((answer) => answer.choices.map((choice) => wholeChoice(choice, choices)));
      return withCompleted(error, finished);
    },
    answer() {
      const [first] = answers;
      if (first === undefined) throw new TypeError("there is no answer yet");
      const all = answers.flatMap((answer) => answer.choices.map((choice) => wholeChoice(choice, choices)));
      return { ...first, choices: all, ...(usage === undefined ? {} : { usage }) };
    },
    read(chunk) {
      if (isLong) return readLong(chunk);
      noteEnds(chunk.choices);
      if (isOne) return chunk;
      const { id, object, created, model, usage: told, ...others } = chunk;
      head ??= { id, object, created, model };
      return { ...others, ...head, choices: numbered(chunk.choices), ...(told === null ? { usage: null } : {}) };
    },
    ended(told) {
      if (!isLong && !request.includeUsage) return;
      const chunk = told();
      if (chunk === undefined) return;
      if (isLong) endPart(chunk.usage ?? {});
      else addUsed(chunk.usage ?? {});
      if (request.includeUsage) usageChunk = { ...chunk, ...head };
    },
    ready: () => ready.splice(0),
  };
}

/** A choice with all that its follow-ups brought: the same object where there were none. */
function wholeChoice(choice: Choice, choices: ReadonlyMap<number, OpenChoice>): Choice {
  const { long } = choices.get(choice.index) ?? {};
  if (long?.isContinued !== true) return choice;
  return { ...choice, message: { ...choice.message, ...long.message }, finish_reason: long.last().finish_reason };
}

function tokensOf({ completion_tokens: all = 0, completion_tokens_details: details }: Usage): PartTokens {
  const { reasoning_tokens: thoughts } = (details ?? {}) as { reasoning_tokens?: unknown };
  return { all, thoughts: typeof thoughts === "number" ? thoughts : 0 };
}

/** The requests of one chat. What was asked for as `n` is several choices of one, or one of each. */
function partsOf(plan: PreparedCall, position: number): ChatPart[] {
  const { n } = plan.request.body;
  const each = typeof n === "number" ? n : 1;
  return plan.adapted.parts.map(({ body }, index) => {
    return { plan, body, isFurther: position + index > 0, choice: position * each + index };
  });
}
