import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Markdown } from "../markdown/markdown.js";
import { cutWords } from "./call-words.js";
import type { Answer } from "./conversation.js";
import { canGoOn } from "./conversation.js";
import { CopyButton } from "./copy-button.js";
import { costOf, costWords } from "./cost.js";
import type { State } from "./state.js";

/** An answer as it comes or came, what it cost, and what to do with it. */
export function PlayAnswer({
  answer,
  unit,
  calls,
  isLast,
  isBusy,
  onRegenerate,
  onGoOn,
}: {
  readonly answer: Answer;
  readonly unit: string;
  /** The newest calls, which know what a stopped one cost. */
  readonly calls: State["calls"];
  readonly isLast: boolean;
  /** Whether something is asked now. */
  readonly isBusy: boolean;
  readonly onRegenerate: () => void;
  readonly onGoOn: () => void;
}): JSX.Element {
  const { model, text, thoughts, end } = answer;
  const isRunning = end === "running";
  return (
    <div class="turn theirs">
      <span class="hidden">{model} answered:</span>
      {thoughts !== "" && <Thoughts text={thoughts} isRunning={isRunning && text === ""} />}
      {text === "" ? (
        isRunning && thoughts === "" && <p class="typing" aria-hidden="true" />
      ) : (
        <Markdown text={text} isWhole={!isRunning} />
      )}
      {!isRunning && (
        <div class="turn-foot">
          <small>{factsOf(answer, unit, calls).join(" · ")}</small>
          <CopyButton text={text} label="Copy the answer">
            Copy
          </CopyButton>
          {isLast && (
            <>
              <button type="button" class="quiet" aria-disabled={isBusy} onClick={onRegenerate}>
                Regenerate
              </button>
              {canGoOn(answer) && (
                <button type="button" class="small main" aria-disabled={isBusy} onClick={onGoOn}>
                  Continue
                </button>
              )}
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** Folded; what is not looked at is not drawn. */
function Thoughts({ text, isRunning }: { readonly text: string; readonly isRunning: boolean }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="thoughts" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{isRunning ? "Thinking …" : "Thoughts"}</summary>
      {isOpen && <Markdown text={text} isWhole={!isRunning} />}
    </details>
  );
}

/** `gpt-4o-mini · 1,024 API tokens in 2 parts · waited 2.3 s · cut at 512 tokens`. */
function factsOf(answer: Answer, unit: string, calls: State["calls"]): readonly string[] {
  const { model, parts, notes, end, limit } = answer;
  const inParts = parts === 1 ? "" : ` in ${parts} parts`;
  const ends: Readonly<Record<Answer["end"], readonly string[]>> = {
    running: [],
    whole: [],
    cut: [cutWords(limit)],
    stopped: ["stopped"],
    broken: ["broke off"],
  };
  const cost = wholeCost(answer, unit, calls);
  return [model, ...(cost === undefined ? [] : [`${cost}${inParts}`]), ...notes, ...ends[end]];
}

/** `about 609 API tokens`: of a stopped answer the gateway's account knows the cost before its reader does. */
function wholeCost({ cost, uncounted }: Answer, unit: string, calls: State["calls"]): string | undefined {
  const call = uncounted === undefined ? undefined : calls.find(({ request_id: id }) => id === uncounted);
  if (call !== undefined) return `${call.estimated ? "about " : ""}${costWords((cost ?? 0) + costOf(call), unit)}`;
  return cost === undefined ? undefined : costWords(cost, unit);
}
