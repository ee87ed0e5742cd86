import type { ComponentChildren, JSX } from "preact";
import type { ProviderQuota } from "../../routes/read-quota.js";
import { canBeAsked } from "./budget-words.js";
import { clock, timeLeft, timeOfDay, whole } from "./format.js";
import { LOW, Meter } from "./meter.js";
import { type Pace, paceOf } from "./pace.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";
import { Ticking } from "./ticking.js";
import { emptyWords, type QuotaWindow, tightestWindow, windowOf } from "./windows.js";

/** The headline: what is left, where that leads, and when it comes back. Then a bar for each window. */
export function Budget({ state }: { readonly state: State }): JSX.Element {
  const { about, quota } = state;
  if (quota === undefined) return <Title figure="Not known" words="now: the account can't be read" />;
  if (about?.providers !== undefined && quota.providers !== undefined) return <PoolTitle quotas={quota.providers} />;
  const isDoubted = quota.blocked_until !== null || quota.payment_required;
  return (
    <>
      <Headline state={state} quota={quota} />
      {quota.windows.map((window) => (
        <Meter
          key={window.rule}
          window={window}
          isDoubted={isDoubted}
          isNamed={!isDoubted && window.rule === tightestWindow(quota.windows)?.rule}
        />
      ))}
    </>
  );
}

function Headline({
  state: { about, calls },
  quota,
}: {
  readonly state: State;
  readonly quota: NonNullable<State["quota"]>;
}): JSX.Element {
  const { windows, blocked_until: blocked } = quota;
  if (quota.payment_required)
    return (
      <Title figure="Closed" words="until somebody pays, says the provider" isEmpty>
        <p>
          Pay there, then run <code>laplas doctor --resume</code>.
        </p>
      </Title>
    );
  if (blocked !== null)
    return (
      <Title figure="Quota exceeded" words="(reported by the provider)" isEmpty>
        <Resets words="Asked again in" at={blocked} />
      </Title>
    );
  const tightest = tightestWindow(windows);
  if (tightest === undefined && quota.per_model.length > 0)
    return (
      <Title figure="Limits" words="for each model">
        <LeadToModels />
      </Title>
    );
  if (tightest === undefined) return <Title figure="No limits" words={`on the tier ${quota.tier}`} />;
  const window = windowOf(about?.tier, tightest.rule);
  const { when = "", is_rolling: isRolling = false } = window ?? {};
  const isEmpty = Math.floor(tightest.left) === 0;
  const isLow = tightest.left / tightest.limit < LOW;
  return (
    <Title
      figure={isEmpty ? "Nothing" : whole(tightest.left)}
      words={isEmpty ? emptyWords(window) : `${tightest.unit} left ${when}`}
      isEmpty={isEmpty}
      isLow={isLow}
    >
      {!isEmpty && tightest.metric === about?.tier.metric && !isRolling && (
        <PaceLine pace={paceNow(calls, tightest)} unit={tightest.unit} />
      )}
      {(!isRolling || isEmpty) && <Resets words="Resets in" at={tightest.resets_at} />}
    </Title>
  );
}

/** Where the last hour leads in a window. */
export function paceNow(
  calls: State["calls"],
  { left, resets_at: resetsAt }: Pick<QuotaWindow, "left" | "resets_at">,
  provider?: string,
): Pace | undefined {
  return paceOf(calls, { left, resetsAt: Date.parse(resetsAt), now: gatewayNow(), provider });
}

/** Says where the pace leads. */
export function PaceLine({
  pace,
  unit,
}: {
  readonly pace: Pace | undefined;
  readonly unit: string;
}): JSX.Element | null {
  if (pace === undefined) return null;
  if (pace.kind === "empty") return <p class="pace short">At this rate empty at {timeOfDay(pace.at)}</p>;
  return (
    <p class="pace">
      At this rate about {whole(pace.left)} {unit} remain at the reset
    </p>
  );
}

/** How many of the providers can be asked now. */
function PoolTitle({ quotas }: { readonly quotas: readonly ProviderQuota[] }): JSX.Element {
  const open = quotas.filter(canBeAsked).length;
  const words = open === 1 ? "can be asked now" : "can be asked now, in this order";
  return (
    <Title figure={`${open} of ${quotas.length}`} words={`providers ${words}`} isEmpty={open === 0}>
      <LeadToModels />
    </Title>
  );
}

function Title({
  figure,
  words,
  isEmpty = false,
  isLow = false,
  children,
}: {
  readonly figure: string;
  readonly words: string;
  readonly isEmpty?: boolean;
  readonly isLow?: boolean;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const look = isEmpty ? "empty" : isLow ? "low" : undefined;
  return (
    <div class="headline">
      <h1 id="overview-title" tabIndex={-1} class={look}>
        <b class="big">{figure}</b> {words}
      </h1>
      {children}
    </div>
  );
}

/** What is left differs from model to model, so that no figure fits the headline. */
function LeadToModels(): JSX.Element {
  return (
    <p>
      <a href="#models">What each has left</a>
    </p>
  );
}

function Resets({ words, at }: { readonly words: string; readonly at: string }): JSX.Element {
  const date = new Date(at);
  return (
    <p class="resets">
      {words}{" "}
      <b id="countdown" role="timer">
        <Ticking text={(now) => timeLeft(date.getTime() - now)} />
      </b>{" "}
      <span class="soft">
        <Ticking text={(now) => clock(date, new Date(now))} />
      </span>
    </p>
  );
}
