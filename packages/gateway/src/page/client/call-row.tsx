import type { JSX } from "preact";
import type { RecentCall } from "../../recent/recent-call.js";
import { adviceFor } from "./advice.js";
import { callerOf, endOf, kindOf, lossesOf, lossWords, nameOf } from "./call-words.js";
import { costOf, unitOf } from "./cost.js";
import { hasWaited } from "./filter-calls.js";
import { ago, span, whole } from "./format.js";
import { Ticking } from "./ticking.js";

/** Outcomes in a word, with the colour of their dot. */
export const OUTCOME_WORDS = {
  answered: ["answered", "good"],
  refused: ["refused", "bad"],
  failed: ["failed", "bad"],
  aborted: ["aborted", "soft"],
} as const;

/** A bar of a smaller share of the most expensive call is a dot that shows nothing. */
const LEAST_BAR = 0.08;

/** A call in a line, which opens all that is known of it. */
export function CallRow({
  call,
  unit,
  most,
  ofSomeModels,
  isFresh,
  onOpen,
}: {
  readonly call: RecentCall;
  readonly unit: string;
  /** The most that a call of the list has cost: its bar is full. */
  readonly most: number;
  readonly ofSomeModels: boolean;
  readonly isFresh: boolean;
  readonly onOpen: (call: RecentCall) => void;
}): JSX.Element {
  const { outcome, code, at, parts, times, prompt } = call;
  const [word, look] = OUTCOME_WORDS[outcome];
  const trouble = outcome === "refused" || outcome === "failed" ? adviceFor(code, ofSomeModels) : undefined;
  const ended = endOf(call);
  return (
    <li class={isFresh ? "fresh" : undefined}>
      <button type="button" class="call" aria-haspopup="dialog" onClick={() => onOpen(call)}>
        <span class={`outcome ${trouble?.isRetryable === true ? "warn" : look}`}>{word}</span>
        <span class="what">
          <span class="mono">{nameOf(call)}</span>
          {lossesOf(call).map((loss) => (
            <span key={loss.field} class="chip warn">
              {lossWords(loss)}
            </span>
          ))}
          {hasWaited(call) && <span class="chip">waited {span(call.waited_ms)}</span>}
          {parts !== null && parts > 1 && <span class="chip info">{parts} parts</span>}
          {ended !== undefined && <span class="chip warn">{ended}</span>}
          {trouble !== undefined && <span class="said">{trouble.title}</span>}
          {times > 1 && <span class="chip">{times} times</span>}
          {prompt !== null && <span class="prompt">{prompt}</span>}
        </span>
        <span class="who">{[callerOf(call), kindOf(call)].filter(Boolean).join(" · ")}</span>
        <Figures call={call} unit={unit} most={most} />
        <span class="took">{call.endpoint !== null && call.outcome !== "refused" && span(call.duration_ms)}</span>
        <span class="time">
          <Ticking text={(now) => ago(now - Date.parse(at))} />
        </span>
      </button>
    </li>
  );
}

function Figures({
  call,
  unit,
  most,
}: {
  readonly call: RecentCall;
  readonly unit: string;
  readonly most: number;
}): JSX.Element {
  const { endpoint, outcome, estimated } = call;
  if (endpoint === null || outcome === "refused") return <span class="figures" />;
  const cost = costOf(call);
  const share = most === 0 ? 0 : cost / most;
  return (
    <span class="figures">
      <b>
        {estimated && "about "}
        {whole(cost)}
      </b>{" "}
      {/* The head of the list has it, where all have the same. */}
      <span class={call.unit === undefined ? "unit" : undefined}>{unitOf(cost, unit)}</span>
      {share >= LEAST_BAR && <i class="cost-bar" style={{ width: `${share * 100}%` }} />}
    </span>
  );
}
