import type { JSX } from "preact";
import { canBeAsked } from "./budget-words.js";
import { counted } from "./format.js";
import type { State } from "./state.js";
import { Ticking } from "./ticking.js";

/** The gateway tells of no more. */
const MOST_LIVE = 50;

/** What runs, and what waits, in the order of the turns. */
export function Live({ state: { about, quota, live } }: { readonly state: State }): JSX.Element {
  const several = quota?.providers ?? [];
  const isPool = about?.providers !== undefined && several.length > 0;
  const sumOf = (count: "running" | "waiting"): number =>
    isPool ? several.reduce((sum, one) => sum + one[count], 0) : (quota?.[count] ?? 0);
  const limit = isPool ? undefined : (about?.tier.slots ?? undefined);
  const [running, waiting] = [sumOf("running"), sumOf("waiting")];
  const slots = limit === undefined ? counted(running, "call") : `${running} of ${limit}`;
  const isClosed = quota === undefined || quota.payment_required || quota.blocked_until !== null;
  const isOpen = isPool
    ? several.some(canBeAsked)
    : !isClosed && running < (limit ?? Infinity) && quota.windows.every(({ left }) => Math.floor(left) > 0);
  /** Their costs are known, but the provider may still be at work: their slots are held for a while. */
  const ending = live.length < MOST_LIVE ? running - live.filter(({ state }) => state === "running").length : 0;
  const inFront = live.filter(({ state }) => state === "running").length;
  return (
    <section class={running + waiting > 0 ? "card live busy" : "card live"} aria-labelledby="live-title">
      <h2 id="live-title" class="live-title">
        Now
      </h2>
      <p class="slots">
        {slots} running{waiting > 0 && `, ${waiting} waiting`}
      </p>
      {ending > 0 && <p class="soft">{endingWords(ending)}</p>}
      {live.length === 0 ? (
        <p class="soft">{isOpen ? "No call is waiting: the next one starts at once." : "No call is waiting."}</p>
      ) : (
        <ol class="queue">
          {live.map(({ model, state, since }, index) => (
            <li key={`${since} ${model} ${state} ${index}`} class={state}>
              <span class="mono">{model}</span>{" "}
              <span class="soft">
                {state === "running" ? "running" : index - inFront === 0 ? "next" : `number ${index - inFront + 1}`}
              </span>{" "}
              <span class="soft">
                <Ticking text={(now) => `${Math.max(0, Math.floor((now - Date.parse(since)) / 1_000))} s`} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function endingWords(count: number): string {
  return count === 1
    ? "1 call ended early: its slot is taken until the provider is done with it."
    : `${count} calls ended early: their slots are taken until the provider is done with them.`;
}
