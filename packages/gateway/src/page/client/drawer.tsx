import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RecentCall } from "../../recent/recent-call.js";
import { adviceFor } from "./advice.js";
import { OUTCOME_WORDS } from "./call-row.js";
import { changesOf, endOf, kindOf, nameOf } from "./call-words.js";
import { CopyButton } from "./copy-button.js";
import { costOf, costWords } from "./cost.js";
import { span, whole, withLocalTimes } from "./format.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { isOfSomeModels } from "./windows.js";

/** All that is known of a call, beside the page. */
export function Drawer({
  call,
  about,
  onClose,
}: {
  readonly call: RecentCall;
  readonly about: State["about"];
  readonly onClose: () => void;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [word, look] = OUTCOME_WORDS[call.outcome];
  const close = (): void => dialog.current?.close();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it, as the Escape key does by itself
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      onClose={onClose}
      onClick={({ target }) => {
        if (target === dialog.current) close();
      }}
    >
      <div class="drawer-body">
        <header>
          <span class={`outcome ${look}`}>{word}</span>
          <h2 id="drawer-title" class="mono drawer-title">
            {nameOf(call)}
          </h2>
          <button type="button" class="small" onClick={close}>
            Close
          </button>
        </header>
        <Why call={call} about={about} />
        <Changes call={call} />
        <TimeBar call={call} />
        <Facts call={call} about={about} />
        {call.prompt !== null && (
          <section>
            <h3>Prompt</h3>
            <p class="prompt-text">{call.prompt}</p>
          </section>
        )}
      </div>
    </dialog>
  );
}

function Why({ call, about }: { readonly call: RecentCall; readonly about: State["about"] }): JSX.Element | null {
  if (call.outcome !== "refused" && call.outcome !== "failed") return null;
  const { title, todo, isRetryable } = adviceFor(call.code, isOfSomeModels(about, call.rule));
  return (
    <section class={isRetryable ? "drawer-why later" : "drawer-why"}>
      <h3>{title}</h3>
      <p>{call.message === null ? `Code ${call.code}.` : withLocalTimes(call.message, new Date(gatewayNow()))}</p>
      <p>
        <b>What to do:</b> {todo}
        {!isRetryable && call.resets_at === null && " Not retryable as it is."}
      </p>
    </section>
  );
}

/** What was asked for beside what was given. */
function Changes({ call }: { readonly call: RecentCall }): JSX.Element | null {
  const changes = changesOf(call);
  if (changes.length === 0) return null;
  return (
    <section>
      <h3>Changed on the way</h3>
      <table class="changes">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Asked</th>
            <th scope="col">Given</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, asked, given, why }) => (
            <tr key={field + given}>
              <th scope="row">
                <code>{field}</code>
                <small>{why}</small>
              </th>
              <td class={asked === undefined ? "soft" : "asked"}>{asked ?? "not set"}</td>
              <td>
                <b>{given}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** How long it waited, and how long it took then. */
function TimeBar({
  call: { waited_ms: waitedMs, duration_ms: durationMs, endpoint },
}: {
  readonly call: RecentCall;
}): JSX.Element | null {
  if (endpoint === null || durationMs === 0) return null;
  const waited = Math.min(100, (waitedMs / durationMs) * 100);
  return (
    <section>
      <h3>{span(durationMs)} in all</h3>
      <div class="time-bar" aria-hidden="true">
        <i class="waited" style={{ width: `${waited}%` }} />
        <i class="answering" />
      </div>
      <p class="meter-words">
        <span>waited {span(waitedMs)}</span>
        <span>answered in {span(Math.max(0, durationMs - waitedMs))}</span>
      </p>
    </section>
  );
}

function Facts({ call, about }: { readonly call: RecentCall; readonly about: State["about"] }): JSX.Element {
  const { at, client, user_agent: agent, surface, endpoint, provider, asked_model: asked } = call;
  const { input_tokens: input, output_tokens: output, request_id: id, parts, ended, rule, code, times } = call;
  const isSent = endpoint !== null && call.outcome !== "refused";
  const date = new Date(at);
  const unit = call.unit ?? about?.tier.unit ?? "";
  const target = about?.providers?.find((one) => one.id === provider)?.title ?? about?.tier.title;
  return (
    <dl class="facts">
      <Fact name="When">
        {date.toDateString() === new Date(gatewayNow()).toDateString()
          ? "today"
          : date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" })}
        , {date.toLocaleTimeString("en-GB")}
      </Fact>
      <Fact name="Caller">{surface === "playground" ? "the playground of this page" : client}</Fact>
      <Fact name="Program">{agent}</Fact>
      <Fact name="Target">{isSent ? `${call.model}, ${target}` : null}</Fact>
      <Fact name="Asked as">{asked}</Fact>
      <Fact name="Kind">{kindOf(call) || null}</Fact>
      <Fact name="Cost">
        {isSent ? `${call.estimated ? "about " : ""}${costWords(costOf(call), unit)}` : "nothing"}
      </Fact>
      <Fact name="Tokens">
        {input === null && output === null ? null : `${tokens(input)} in, ${tokens(output)} out`}
      </Fact>
      <Fact name="Parts">{parts}</Fact>
      <Fact name="End">{endOf(call) ?? (ended === "complete" ? "complete" : null)}</Fact>
      <Fact name="Code">{code === null ? null : <code>{code}</code>}</Fact>
      <Fact name="Rule">{rule === null ? null : <code>{rule}</code>}</Fact>
      <Fact name="Times">{times > 1 ? `${times}, this is the newest` : null}</Fact>
      <Fact name="Request id">
        {id === null ? null : (
          <>
            <code>{id}</code>{" "}
            <CopyButton text={id} label="Copy the request id">
              Copy
            </CopyButton>
          </>
        )}
      </Fact>
    </dl>
  );
}

function tokens(count: number | null): string {
  return count === null ? "not known" : whole(count);
}

/** Nothing where nothing is known. */
function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element | null {
  if (children === null || children === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
