import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { RecentCall } from "../../recent/recent-call.js";
import { adviceFor } from "./advice.js";
import { nameOf } from "./call-words.js";
import { type CallsLeft, fetchCallsLeft } from "./calls-left.js";
import { CopyButton } from "./copy-button.js";
import { findOther, nearOf } from "./find-other.js";
import { fixFor } from "./fix.js";
import { ago, clock, timeLeft } from "./format.js";
import { leadOf, presentTrouble } from "./present-trouble.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { Ticking } from "./ticking.js";
import { isUsedUp } from "./trouble.js";
import { isOfSomeModels } from "./windows.js";

/** What went wrong last, in a line, and what helps. It goes with the next call that goes well, or when it is dismissed. */
export function Refusal({
  state,
  onTry,
  onOpen,
}: {
  readonly state: State;
  readonly onTry: (model: CallsLeft) => void;
  readonly onOpen: (call: RecentCall) => void;
}): JSX.Element {
  const [dismissed, setDismissed] = useState(0);
  const trouble = presentTrouble(state.calls, gatewayNow(), dismissed);
  const other = useOther(trouble);
  return (
    <section id="refusal" class={trouble === undefined ? "hidden" : undefined} aria-label="What went wrong last">
      {/* Said once: the line beside it counts seconds. */}
      <span class="hidden" role="status">
        {trouble !== undefined && `${leadOf(trouble)}${adviceFor(trouble.code).title}`}
      </span>
      {trouble !== undefined && (
        <Line
          trouble={trouble}
          other={other}
          state={state}
          onTry={onTry}
          onOpen={onOpen}
          onDismiss={() => setDismissed(Date.parse(trouble.at))}
        />
      )}
    </section>
  );
}

function Line({
  trouble,
  other,
  state: { about },
  onTry,
  onOpen,
  onDismiss,
}: {
  readonly trouble: RecentCall;
  readonly other: CallsLeft | undefined;
  readonly state: State;
  readonly onTry: (model: CallsLeft) => void;
  readonly onOpen: (call: RecentCall) => void;
  readonly onDismiss: () => void;
}): JSX.Element {
  const { title, isRetryable, todo } = adviceFor(trouble.code, isOfSomeModels(about, trouble.rule));
  const who = [nameOf(trouble), trouble.client === null ? "" : `for ${trouble.client}`].filter(Boolean).join(" ");
  const fix = fixFor(trouble, other?.id);
  return (
    <div class={isRetryable ? "why later" : "why"}>
      <p>
        <b>
          {leadOf(trouble)}
          {title}
        </b>{" "}
        <span class="soft">
          {who}, <Ticking text={(now) => ago(now - Date.parse(trouble.at))} />.
        </span>{" "}
        {todo} <Again trouble={trouble} />
      </p>
      <div class="why-actions">
        {other !== undefined && about?.playground != null && (
          <button type="button" class="small" onClick={() => onTry(other)}>
            Use {other.id}
          </button>
        )}
        {fix !== undefined && (
          <CopyButton text={fix} label={`Copy the fix: ${fix}`}>
            Copy the fix
          </CopyButton>
        )}
        <button type="button" class="small" onClick={() => onOpen(trouble)}>
          Details
        </button>
        <button type="button" class="small" onClick={onDismiss}>
          Dismiss
        </button>
      </div>
    </div>
  );
}

/** When the same request may pass. */
function Again({
  trouble: { at, resets_at: resetsAt, retry_after_ms: afterMs },
}: {
  readonly trouble: RecentCall;
}): JSX.Element | null {
  if (afterMs !== null) {
    const again = Date.parse(at) + afterMs;
    return <Ticking text={(now) => (again > now ? `It may pass in ${timeLeft(again - now)}.` : "It may pass now.")} />;
  }
  if (resetsAt === null) return null;
  const reset = new Date(resetsAt);
  return (
    <Ticking
      text={(now) =>
        reset.getTime() > now
          ? `Resets in ${timeLeft(reset.getTime() - now)}, ${clock(reset, new Date(now))}.`
          : "It has reset by now."
      }
    />
  );
}

/** Another model that would answer now, looked for once for each thing that went wrong. */
function useOther(trouble: RecentCall | undefined): CallsLeft | undefined {
  const [found, setFound] = useState<{ readonly key: string; readonly other: CallsLeft | undefined }>();
  const key = trouble === undefined || !isUsedUp(trouble) ? "" : `${trouble.id} ${trouble.times}`;
  const { model = "", message = null } = trouble ?? {};
  useEffect(() => {
    if (key === "") return;
    let isOver = false;
    void findOtherThan(model, message).then((other) => {
      if (!isOver) setFound({ key, other });
    });
    return () => {
      isOver = true;
    };
  }, [key, model, message]);
  return found?.key === key ? found.other : undefined;
}

async function findOtherThan(model: string, message: string | null): Promise<CallsLeft | undefined> {
  const models = await fetchCallsLeft("v1/calls-left").catch(() => []);
  const asked = models.find(({ id, aliases }) => [id, ...aliases].includes(model)) ?? models.find(isChat);
  if (asked === undefined) return undefined;
  return (await findOther(models, asked, "v1", nearOf(models, message))) ?? undefined;
}

function isChat({ modality }: CallsLeft): boolean {
  return modality === "chat";
}
