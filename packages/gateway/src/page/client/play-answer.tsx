import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Markdown } from "../markdown/markdown.js";
import type { Answer } from "./conversation.js";
import { canGoOn } from "./conversation.js";
import { CopyButton } from "./copy-button.js";
import { costWords } from "./cost.js";
import { counted } from "./format.js";

/** An answer as it comes or came, what it cost, and what to do with it. */
export function PlayAnswer({
  answer,
  unit,
  isLast,
  isBusy,
  onRegenerate,
  onGoOn,
}: {
  readonly answer: Answer;
  readonly unit: string;
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
          <small>{factsOf(answer, unit).join(" · ")}</small>
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
function factsOf({ model, cost, parts, notes, end, limit }: Answer, unit: string): readonly string[] {
  const inParts = parts === 1 ? "" : ` in ${parts} parts`;
  const ends: Readonly<Record<Answer["end"], readonly string[]>> = {
    running: [],
    whole: [],
    cut: [limit === undefined ? "cut at the limit of output tokens" : `cut at ${counted(limit, "token")}`],
    stopped: ["stopped"],
    broken: ["broke off"],
  };
  return [model, ...(cost === undefined ? [] : [`${costWords(cost, unit)}${inParts}`]), ...notes, ...ends[end]];
}
