import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Budget } from "./budget.js";
import { Calls } from "./calls.js";
import type { CallsLeft } from "./calls-left.js";
import { Chart } from "./chart.js";
import { Connect } from "./connect.js";
import { Drawer } from "./drawer.js";
import { Live } from "./live.js";
import { Providers } from "./providers.js";
import { Refusal } from "./refusal.js";
import { Rules } from "./rules.js";
import type { State } from "./state.js";
import { useTicking } from "./ticker.js";

const MINUTE_MS = 60_000;

/** What is left, what happens now, and what happened lately. */
export function Overview({
  state,
  asksForToken,
  onTry,
}: {
  readonly state: State;
  readonly asksForToken: boolean;
  readonly onTry: (model: CallsLeft) => void;
}): JSX.Element {
  const { about, calls } = state;
  // The present moves on although nothing is told.
  useTicking((now) => String(Math.floor(now / MINUTE_MS)));
  const [openId, setOpenId] = useState<number | undefined>(undefined);
  const opened = calls.find(({ id }) => id === openId);
  const isPool = about?.providers !== undefined;
  return (
    <>
      <div class={isPool ? "card hero pool" : "card hero"}>
        <div id="budget">
          <Budget state={state} />
        </div>
        <Chart state={state} />
      </div>
      {isPool && <Providers state={state} />}
      <Refusal state={state} onTry={onTry} onOpen={({ id }) => setOpenId(id)} />
      <Live state={state} />
      {calls.length === 0 ? (
        <section class="card" aria-labelledby="connect-title">
          <h2 id="connect-title">Connect a program</h2>
          <p>
            No calls since this gateway began. Point a program at it
            {about?.playground != null && (
              <>
                , or try the <a href="#playground">playground</a>
              </>
            )}
            .
          </p>
          <Connect asksForToken={asksForToken} />
        </section>
      ) : (
        <>
          <Calls state={state} onOpen={({ id }) => setOpenId(id)} />
          <details class="card">
            <summary>
              <h2 class="summary-title">Connect a program</h2>
            </summary>
            <Connect asksForToken={asksForToken} />
          </details>
        </>
      )}
      {about !== undefined && <Rules about={about} />}
      {opened !== undefined && (
        <Drawer key={opened.id} call={opened} about={about} onClose={() => setOpenId(undefined)} />
      )}
    </>
  );
}
