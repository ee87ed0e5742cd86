import type { LongChoice, PartTokens } from "../continuation/choice-types.js";
import type { SeamKind } from "../continuation/ended.js";
import type { ChatCompletion, ChatCompletionChunk, Usage } from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";
import { endedBy } from "./ended-by.js";
import type { Part } from "./job.js";
import { longChoiceOf, planFollowUp } from "./long-answer.js";
import { noteForm } from "./note-form.js";
import type { PreparedCall } from "./prepared-call.js";

type Choice = ChatCompletion["choices"][number];
type ChunkChoice = ChatCompletionChunk["choices"][number];

/** A request of a chat. */
export interface ChatPart extends Part {
  /** The number that its first choice has in the answer. */
  readonly choice: number;
  /** Of a follow-up: what it goes on with. */
  readonly goesOn?: OpenChoice;
}

/** A choice that may be continued. */
interface OpenChoice {
  readonly plan: PreparedCall;
  readonly long: LongChoice;
  isFinished: boolean;
}

/** The choices of an answer that is continued where the tier's limit cuts it. */
export interface LongChoices {
  /** What the caller gets of an event. @param choices numbered as in the answer; of a follow-up only the first counts */
  read(part: ChatPart, choices: readonly ChunkChoice[]): ChunkChoice[];
  /** A request has ended that was answered. @returns its usage, as far as the answer has a part in it */
  endPart(part: ChatPart, usage: Usage): Usage;
  /** A follow-up was not answered, or not to its end: what there is is the answer. */
  fail(error: unknown): void;
  /** The next follow-up. @param finish gets the end of each choice that has ended */
  next(finish: (choice: ChunkChoice) => void): ChatPart | undefined;
  /** Whether all choices that have begun have ended. */
  readonly areFinished: boolean;
  /** A choice with all that its follow-ups brought: the same object where there were none. */
  whole(choice: Choice): Choice;
}

export function createLongChoices(context: CallContext, { totals, signal }: PreparedCall): LongChoices {
  const choices = new Map<number, OpenChoice>();
  const story: NonNullable<typeof totals.long> = { parts: [], ended: [] };
  totals.long = story;
  let asked: OpenChoice | undefined;
  let before = { cost: 0, attempts: 0 };

  const notePart = (seam: SeamKind): void => {
    story.parts.push({ costBefore: before.cost, seam });
  };
  const openChoice = (index: number, plan: PreparedCall): OpenChoice => {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const opened = { plan, long: longChoiceOf(context, plan, index), isFinished: false };
    choices.set(index, opened);
    return opened;
  };
  /** The next request that goes on with a choice. */
  const followUp = (open: OpenChoice): ChatPart | undefined => {
    const { long, plan } = open;
    for (let wanted = long.followUp(); wanted !== undefined; wanted = long.followUp()) {
      try {
        const planned = planFollowUp(context, plan, wanted);
        const [part] = planned.adapted.parts;
        if (part !== undefined) return { plan: planned, body: part.body, isFurther: true, choice: 0, goesOn: open };
      } catch (error) {
        long.fail(endedBy(error, signal));
      }
    }
    return undefined;
  };

  return {
    read(part, list) {
      if (part.goesOn === undefined) {
        return list.flatMap((choice) => openChoice(choice.index, part.plan).long.read(choice) ?? []);
      }
      const [choice] = list;
      const read = choice && part.goesOn.long.read(choice);
      return read === undefined ? [] : [read];
    },
    endPart(part, usage) {
      const tokens = tokensOf(usage);
      if (part.goesOn === undefined) {
        const opened = [...choices.values()].filter((one) => one.plan === part.plan && one.long.ended === undefined);
        const each = { ...tokens, all: tokens.all / Math.max(1, opened.length) };
        const seams = opened.map(({ long }) => long.endPart(each).seam);
        notePart(seams.includes("first") ? "first" : "none");
        return usage;
      }
      const { seam, keptTokens, obeyed } = part.goesOn.long.endPart(tokens);
      if (obeyed !== undefined) noteForm(context, part.plan, obeyed);
      notePart(seam);
      const kept = Math.round(keptTokens);
      return { completion_tokens: kept, total_tokens: kept, estimated: true };
    },
    fail(error) {
      // What was never sent is no part.
      const wasSent = totals.attempts > before.attempts;
      if (wasSent) notePart("none");
      // What an abandoned request costs is known when it has ended, which nobody waits for here.
      if (wasSent && signal?.aborted === true) totals.estimated = true;
      asked?.long.fail(endedBy(error, signal));
    },
    next(finish) {
      before = { cost: totals.cost, attempts: totals.attempts };
      for (const open of choices.values()) {
        asked = open;
        const part = followUp(open);
        if (part !== undefined) return part;
        if (open.isFinished) continue;
        open.isFinished = true;
        const { ended = "complete" } = open.long;
        story.ended.push(ended);
        const choice = open.long.last();
        if (choice.finish_reason === "length" && ended !== "max_tokens") totals.truncated = true;
        finish(choice);
      }
      return undefined;
    },
    get areFinished() {
      return [...choices.values()].every(({ isFinished }) => isFinished);
    },
    whole(choice) {
      const { long } = choices.get(choice.index) ?? {};
      if (long?.hasFollowUps !== true) return choice;
      return { ...choice, message: { ...choice.message, ...long.message }, finish_reason: long.last().finish_reason };
    },
  };
}

function tokensOf({ completion_tokens: all = 0, completion_tokens_details: details, estimated }: Usage): PartTokens {
  const { reasoning_tokens: thoughts } = (details ?? {}) as { reasoning_tokens?: unknown };
  return { all, thoughts: typeof thoughts === "number" ? thoughts : 0, isEstimated: estimated === true };
}
