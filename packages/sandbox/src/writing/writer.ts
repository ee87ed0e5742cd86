import { callIdOf, type GeneratedAnswer, generateAnswer } from "../answers/generate-answer.js";
import type { ChatRequest } from "../chat/chat-request.js";
import { type Cutting, type FinishedAnswer, plainCutting } from "../chat/cut-answer.js";
import type { ChatManner } from "../families/family.js";
import type { LoggedRequest } from "../server/request-log.js";
import { createBegunTexts, nameOf } from "./begun-texts.js";
import { cuttingOf } from "./cutting-of.js";
import type { Draft, ResolvedDraft, WriteOptions } from "./draft.js";
import { draftAnswer } from "./draft-answer.js";
import { createDraftScript } from "./draft-script.js";
import { readFollowUp } from "./follow-up.js";
import { beginAgain, goOn } from "./go-on.js";
import { otherTextOf } from "./other-text.js";

/** What is said to one request, before its cap. */
export interface Speech {
  answer: GeneratedAnswer;
  /** What the thoughts before it are about: the conversation without an instruction to go on. */
  about: ChatRequest;
  /** Whether nothing but thoughts comes, up to the cap. */
  onlyThinks: boolean;
  cutting: Cutting;
  /** Remembers what was cut, so that it can be gone on with. `thoughts` stood in front of the content, as a part of it. */
  spoken(finished: FinishedAnswer, thoughts: string): void;
}

export interface Writer {
  write(draft: Draft, options?: WriteOptions): void;
  speak(request: ChatRequest, family: ChatManner, logged: LoggedRequest): Speech;
  clear(): void;
}

/**
 * Says what a request is answered with: the rest of a text that was cut, where the request asks to go on with one, else
 * the next draft of the script, else what the sandbox says by itself.
 */
export function createWriter(): Writer {
  const script = createDraftScript();
  const texts = createBegunTexts();

  /** A draft of which only thoughts were heard is still to be said to the conversation that asks again. */
  function choose(
    request: ChatRequest,
    logged: LoggedRequest,
    conversation: string,
  ): { draft?: ResolvedDraft; answer: GeneratedAnswer } {
    const callId = callIdOf(request);
    const unsaid = texts.takeUnsaid(conversation);
    const again = unsaid && draftAnswer(unsaid, request, callId);
    if (again) return { draft: unsaid, answer: again };
    const taken = script.take(logged, (draft) => draftAnswer(draft, request, callId));
    return taken ? { draft: taken.draft, answer: taken.written } : { answer: generateAnswer(request) };
  }

  function begin(request: ChatRequest, logged: LoggedRequest): Speech {
    const last = readFollowUp(request.turns);
    // What the caller put into the assistant's mouth comes back in front of the answer so far.
    const before = last?.form === undefined ? last : undefined;
    const conversation = nameOf(before?.conversation ?? request.turns);
    const { draft, answer } = choose(request, logged, conversation);
    return {
      answer,
      about: request,
      onlyThinks: false,
      cutting: draft ? cuttingOf(draft, draft.habits[0], 0) : plainCutting,
      spoken(finished, thoughts) {
        if (!finished.cut && !draft) return;
        const call = finished.toolCalls.at(-1);
        const given = answer.toolCalls.find(({ id }) => id === call?.id)?.arguments;
        const said = before?.soFar ?? "";
        const json = /^\s*[{[]/.test(given ?? answer.content);
        for (const kept of given === undefined ? keptThoughts(thoughts) : [""]) {
          const whole = given ?? said + kept + answer.content;
          const shown = Math.max(finished.content.length - (thoughts.length - kept.length), 0);
          texts.add({
            conversation,
            whole,
            startsAt: whole.length - (given ?? answer.content).length,
            cutAt: call?.arguments.length ?? said.length + shown,
            draft,
            call: call && { name: call.name },
            json,
            otherText: otherTextOf(draft, request, whole, json),
            followUps: 0,
            unsaid: finished.cut && !call && kept === "" && shown === 0,
          });
        }
      },
    };
  }

  /** A text that nobody remembers, but that would be said again: the sandbox was started anew, or the answer was not cut. */
  function recall(request: ChatRequest, soFar: string) {
    const { content } = generateAnswer(request);
    const thoughts = content.startsWith(soFar) ? "" : (/^(?:\s*<think>.*?<\/think>)?\s*/s.exec(soFar)?.[0] ?? "");
    const whole = thoughts + content;
    if (!whole.startsWith(soFar)) return undefined;
    const json = /^\s*[{[]/.test(content);
    const text = {
      conversation: nameOf(request.turns),
      whole,
      startsAt: thoughts.length,
      cutAt: soFar.length,
      draft: undefined,
      call: undefined,
      json,
      otherText: otherTextOf(undefined, request, content, json),
      followUps: 0,
      unsaid: false,
    };
    texts.add(text);
    return text;
  }

  return {
    write: script.add,
    speak(request, family, logged) {
      const followUp = readFollowUp(request.turns);
      if (!followUp) return begin(request, logged);
      const { form } = followUp;
      const soFar = form ? followUp.soFar.trimEnd() : followUp.soFar;
      const about = { ...request, turns: [...followUp.conversation] };
      const asked = form !== undefined || family.continuesPrefill;
      const text =
        texts.find(nameOf(followUp.conversation), soFar, form !== undefined) ??
        (asked ? recall(about, soFar) : undefined);
      const forced = request.toolChoice.kind === "named" || request.toolChoice.kind === "required";
      if (forced && !text?.call) return begin(about, logged);
      if (form || (text && asked)) return goOn(about, text, { soFar, form });
      return text && soFar.length > text.startsAt ? beginAgain(about, text) : begin(request, logged);
    },
    clear() {
      script.clear();
      texts.clear();
    },
  };
}

/**
 * What may come back of thoughts that stand in front of an answer: all, or the white space behind them, or nothing. Most
 * clients take `<think>…</think>` out of a history, and some leave what is around it.
 */
function keptThoughts(thoughts: string): ReadonlySet<string> {
  return new Set([thoughts, thoughts.slice(thoughts.trimEnd().length), ""]);
}
