import type { JSX } from "preact";
import { adviceFor } from "./advice.js";
import { type CallsLeft, leftWords } from "./calls-left.js";
import type { Refusal } from "./create-play-models.js";
import { clock, withLocalTimes } from "./format.js";
import { gatewayNow } from "./ticker.js";
import { isUsedUp, passesAt } from "./trouble.js";

/** The next line says it. */
const RESET = / It will reset at [\dT:.-]+Z\.?/;

/** Why nothing was answered, said once: which rule, when it resets, and which model answers meanwhile. The button counts down. */
export function PlayRefusal({
  refusal: { trouble, other },
  isOfSomeModels,
  onUse,
  onDismiss,
}: {
  readonly refusal: Refusal;
  /** Whether other models may have calls left under the rule. */
  readonly isOfSomeModels: boolean;
  readonly onUse: (model: CallsLeft) => void;
  readonly onDismiss: () => void;
}): JSX.Element {
  const { title, isRetryable, todo } = adviceFor(trouble.code, isOfSomeModels);
  const at = passesAt(trouble);
  const now = new Date(gatewayNow());
  const isLater = isRetryable || isUsedUp(trouble);
  return (
    <div class={isLater ? "refusal-box later" : "refusal-box"}>
      <h3>{title}</h3>
      {trouble.message !== null && <p class="soft">{withLocalTimes(trouble.message.replace(RESET, ""), now)}</p>}
      <p class="todo">
        {at !== undefined && isUsedUp(trouble) && `Resets ${clock(new Date(at), now)}. `}
        {other === undefined && todo}
        {other === null && "Until then no model of this kind answers."}
        {other && `Still answers: ${other.id}, ${leftWords(other)} left.`}
      </p>
      <p class="actions">
        {other && (
          <button type="button" class="small main" onClick={() => onUse(other)}>
            Use {other.id}
          </button>
        )}
        <button type="button" class="small" onClick={onDismiss}>
          Dismiss
        </button>
      </p>
    </div>
  );
}
