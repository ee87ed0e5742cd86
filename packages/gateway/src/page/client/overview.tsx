import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Drawn } from "./drawn.js";
import { byId } from "./element.js";
import { showBudget } from "./show-budget.js";
import { createCallList } from "./show-calls.js";
import { showChart } from "./show-chart.js";
import { showLive } from "./show-live.js";
import { showRefusal } from "./show-refusal.js";
import { showRules } from "./show-rules.js";
import type { State } from "./state.js";
import { gatewayNow } from "./ticker.js";

/** What is left, what happens now, and what happened lately. */
export function Overview({ state }: { readonly state: State }): JSX.Element {
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const showCalls = useRef<ReturnType<typeof createCallList>>(undefined);
  useEffect(() => {
    showCalls.current ??= createCallList({
      list: byId("calls", HTMLElement),
      more: byId("calls-more", HTMLButtonElement),
      none: byId("calls-none", HTMLElement),
      noTrouble: byId("calls-fine", HTMLElement),
    });
    showCalls.current(state, onlyTrouble);
  }, [state, onlyTrouble]);
  return (
    <>
      <div class="card budget">
        <Drawn id="budget" draw={(place) => showBudget(place, byId("meters", HTMLElement), state)} />
        <div id="meters" />
      </div>
      <Drawn id="refusal" draw={(place) => showRefusal(place, state, gatewayNow())} />
      <div class="pair">
        <section class="card" aria-labelledby="live-title">
          <h2 id="live-title">Now</h2>
          <Drawn draw={(place) => showLive(place, state)} />
        </section>
        <section class="card" aria-labelledby="chart-title">
          <h2 id="chart-title">Use, by the hour</h2>
          <Drawn draw={(place) => showChart(byId("chart-title", HTMLElement), place, state)} />
        </section>
      </div>
      <section class="card" aria-labelledby="calls-title">
        <div class="head">
          <h2 id="calls-title">Recent calls</h2>
          <label class="check">
            <input
              type="checkbox"
              checked={onlyTrouble}
              onInput={(event) => setOnlyTrouble(event.currentTarget.checked)}
            />
            Only what went wrong
          </label>
        </div>
        <p id="calls-none" class="soft">
          No calls since this gateway began. Give a program <code>{new URL("v1", document.baseURI).href}</code> as its
          base URL
          {state.about?.playground != null && (
            <span>
              , or try the <a href="#playground">playground</a>
            </span>
          )}
          .
        </p>
        <p id="calls-fine" class="soft" hidden>
          Nothing went wrong with the newest calls.
        </p>
        <ol id="calls" class="calls" />
        <button type="button" id="calls-more" hidden />
      </section>
      <section class="card" aria-labelledby="rules-title">
        <h2 id="rules-title">{state.about?.providers === undefined ? "What this tier allows" : "What they allow"}</h2>
        {state.about !== undefined && <RuleList about={state.about} />}
      </section>
    </>
  );
}

function RuleList({ about }: { readonly about: NonNullable<State["about"]> }): JSX.Element {
  const place = useRef<HTMLDListElement>(null);
  useEffect(() => {
    if (place.current !== null) showRules(place.current, about);
  }, [about]);
  return <dl ref={place} class="rules" />;
}
