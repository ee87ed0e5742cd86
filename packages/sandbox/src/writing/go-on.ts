import { callIdOf } from "../answers/generate-answer.js";
import type { ChatRequest } from "../chat/chat-request.js";
import { plainCutting } from "../chat/cut-answer.js";
import type { BegunText } from "./begun-texts.js";
import { changeRest } from "./change-rest.js";
import { continuePrefill, continueText } from "./continue-text.js";
import { cuttingOf, partSeed } from "./cutting-of.js";
import type { FollowUpForm } from "./follow-up.js";
import type { HabitOptions } from "./habit.js";
import type { Speech } from "./writer.js";

const obedient: HabitOptions = { kind: "repeats" };

/** Goes on with a text in the manner of its draft. `request` is without the answer so far and without the instruction. */
export function goOn(
  request: ChatRequest,
  text: BegunText | undefined,
  { soFar, form }: { soFar: string; form: FollowUpForm | undefined },
): Speech {
  if (!text || (form && !soFar.endsWith(form.anchor))) return saying(request, "I am not sure which text you mean.");
  const { draft } = text;
  const habit = draft?.habits[Math.min(text.followUps, draft.habits.length - 1)] ?? obedient;
  text.followUps += 1;
  const index = text.followUps;
  const seed = partSeed(draft?.seed ?? 1, index);
  if (habit.kind === "changesMind" && habit.after === "echo") {
    text.whole = changeRest(text.whole, soFar.length, text.otherText(seed));
  }
  const { whole } = text;
  // White space at the end was said, though it does not come back.
  const isSaid = text.cutAt >= whole.length && whole.trimEnd().length <= soFar.length;
  const at = isSaid ? whole.length : soFar.length;
  const cutting = draft ? cuttingOf(draft, habit, index) : plainCutting;

  // A grammar or a forced call can only begin a document, whatever is asked.
  if (text.call && request.tools.length > 0 && request.toolChoice.kind !== "none") {
    const call = { id: callIdOf(request), name: text.call.name, arguments: whole };
    return { ...saying(request, ""), answer: { content: "", toolCalls: [call] }, cutting };
  }
  if (request.format.kind !== "text") return { ...saying(request, whole.slice(text.startsAt)), cutting };

  const content = form
    ? continueText(habit, { whole, at, form, json: text.json, seed, otherText: text.otherText })
    : continuePrefill(habit, whole, at, text.json);
  const rest = whole.slice(at);
  return {
    ...saying(request, content),
    onlyThinks: habit.kind === "thinks",
    cutting,
    spoken(finished, thoughts) {
      const brings = content.lastIndexOf(rest);
      if (!finished.cut || rest === "" || brings < 0) return;
      const ahead = thoughts.length + brings;
      text.cutAt = at + Math.max(finished.content.length - ahead, 0);
      // What is said up to this cap is all that there is.
      if (habit.kind === "exactCap" && !text.json) text.whole = whole.slice(0, text.cutAt).trimEnd();
    },
  };
}

/** A model without prefill takes an assistant's last word for a finished one, and answers anew. */
export function beginAgain(request: ChatRequest, text: BegunText): Speech {
  return saying(request, `Sure, here it is once more.\n\n${text.whole.slice(text.startsAt)}`);
}

function saying(request: ChatRequest, content: string): Speech {
  return {
    answer: { content, toolCalls: [] },
    about: request,
    onlyThinks: false,
    cutting: plainCutting,
    spoken: () => {},
  };
}
