import type { JSX } from "preact";
import type { ProviderBody } from "../../recent/feed.js";
import type { ProviderQuota } from "../../routes/read-quota.js";
import { PaceLine, paceNow } from "./budget.js";
import { canBeAsked } from "./budget-words.js";
import { timeLeft } from "./format.js";
import { Meter } from "./meter.js";
import type { State } from "./state.js";
import { Ticking } from "./ticking.js";
import { tightestWindow, windowOf } from "./windows.js";

type SureWindow = ProviderQuota["windows"][number];

/** What is left at each of several providers, side by side, and how sure that is. */
export function Providers({ state: { about, quota, calls } }: { readonly state: State }): JSX.Element {
  return (
    <ol class="providers">
      {quota?.providers?.map((one) => (
        <ProviderCard
          key={one.provider}
          quota={one}
          provider={about?.providers?.find(({ id }) => id === one.provider)}
          calls={calls}
        />
      ))}
    </ol>
  );
}

function ProviderCard({
  quota,
  provider,
  calls,
}: {
  readonly quota: ProviderQuota;
  readonly provider: ProviderBody | undefined;
  readonly calls: State["calls"];
}): JSX.Element {
  const { title, windows, models, per_model: perModel } = quota;
  const isDoubted = !canBeAsked(quota) && windows.every(({ left }) => Math.floor(left) > 0);
  const tightest = tightestWindow(windows);
  return (
    <li class={canBeAsked(quota) ? "card provider" : "card provider closed"} data-provider={quota.provider}>
      <h2 class="provider-title">{title}</h2>
      <ProviderState quota={quota} />
      {tightest !== undefined && tightest.metric === provider?.tier.metric && (
        <PaceLine pace={paceNow(calls, tightest, quota.provider)} unit={tightest.unit} />
      )}
      {windows.map((window) => (
        <SureMeter key={window.rule} window={window} provider={provider} isDoubted={isDoubted} />
      ))}
      {models.map((model) => (
        <ModelUse key={model.model} model={model} provider={provider} />
      ))}
      {windows.length + perModel.length === 0 && <p class="soft">Nothing is counted on its tier.</p>}
      {models.length === 0 && windows.length === 0 && perModel.length > 0 && (
        <p class="soft">Each model counts by itself, and none has been used.</p>
      )}
    </li>
  );
}

function ProviderState({ quota }: { readonly quota: ProviderQuota }): JSX.Element {
  const { blocked_until: blocked, payment_required: isClosed, windows } = quota;
  if (isClosed)
    return (
      <p>
        <span class="chip bad">payment required</span> <span class="soft">Pay there, then: laplas doctor --resume</span>
      </p>
    );
  if (canBeAsked(quota))
    return (
      <p>
        <span class="chip good">can be asked</span>
      </p>
    );
  const at = blocked ?? windows.find(({ left }) => Math.floor(left) <= 0)?.resets_at ?? null;
  return (
    <p>
      <span class="chip bad">{blocked === null ? "used up" : "quota exceeded (reported by the provider)"}</span>
      {at !== null && (
        <span class="soft">
          {" "}
          resets in <Ticking text={(now) => timeLeft(Date.parse(at) - now)} />
        </span>
      )}
    </p>
  );
}

/** A model with windows of its own: the one that decides. */
function ModelUse({
  model: { model, windows, blocked_until: blocked, off },
  provider,
}: {
  readonly model: ProviderQuota["models"][number];
  readonly provider: ProviderBody | undefined;
}): JSX.Element {
  const tightest = windows.find(({ rule }) => rule === tightestWindow(windows)?.rule);
  const why = off ? "not on this plan" : blocked === null ? undefined : "quota exceeded (reported by the provider)";
  return (
    <div class="model-use">
      <p>
        <span class="mono">{model}</span> {why !== undefined && <span class="chip bad">{why}</span>}
      </p>
      {tightest !== undefined && <SureMeter window={tightest} provider={provider} isDoubted={why !== undefined} />}
    </div>
  );
}

function SureMeter({
  window,
  provider,
  isDoubted,
}: {
  readonly window: SureWindow;
  readonly provider: ProviderBody | undefined;
  readonly isDoubted: boolean;
}): JSX.Element {
  const when = windowOf(provider?.tier, window.rule)?.when ?? "";
  const fullAt = window.used + window.held > 0 ? Date.parse(window.resets_at) : undefined;
  return (
    <Meter window={window} isDoubted={isDoubted} when={when} fullAt={fullAt}>
      {window.evidence === null ? undefined : <Sure evidence={window.evidence} />}
    </Meter>
  );
}

const MEANING: Readonly<Record<string, string>> = {
  published: "The provider publishes this limit.",
  observed: "The provider's answers showed this limit.",
  assumed: "Nobody publishes this limit: it is a careful guess.",
};

/** How sure a limit is: `published 2026-09-02, stale`. */
function Sure({ evidence }: { readonly evidence: NonNullable<SureWindow["evidence"]> }): JSX.Element {
  const { status, date, stale } = evidence;
  return (
    <span class={`sure ${status}`} title={MEANING[status]}>
      {status} {date}
      {stale && ", stale"}
    </span>
  );
}
