import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RecentCall } from "../../recent/recent-call.js";
import { CallFilters } from "./call-filters.js";
import { CallRow } from "./call-row.js";
import { costOf } from "./cost.js";
import { type CallFilter, EVERYTHING, filterCalls } from "./filter-calls.js";
import type { State } from "./state.js";
import { isOfSomeModels } from "./windows.js";

const SHOWN_AT_FIRST = 20;
const SHOWN_MORE = 60;

/** The newest calls, and what of them is looked for. */
export function Calls({
  state: { about, calls },
  onOpen,
}: {
  readonly state: State;
  readonly onOpen: (call: RecentCall) => void;
}): JSX.Element {
  const [filter, setFilter] = useState<CallFilter>(EVERYTHING);
  const [most, setMost] = useState(SHOWN_AT_FIRST);
  const list = useRef<HTMLOListElement>(null);
  const focusAt = useRef<number>(undefined);
  /** What was there when the page opened did not just come. */
  const [firstFresh] = useState(() => (calls[0]?.id ?? -1) + 1);
  const found = filterCalls(calls, filter);
  const shown = found.slice(0, most);
  const mostExpensive = Math.max(0, ...shown.map(costOf));
  // The button may be gone: the keyboard goes on at what it brought.
  useEffect(() => {
    if (focusAt.current === undefined) return;
    (list.current?.children[focusAt.current]?.firstElementChild as HTMLElement | null)?.focus();
    focusAt.current = undefined;
  });
  return (
    <section class="card calls-card" aria-labelledby="calls-title">
      <div class="head">
        <h2 id="calls-title">Recent calls</h2>
        <CallFilters calls={calls} filter={filter} found={found.length} onFilter={setFilter} />
      </div>
      {found.length > 0 && (
        <p class="call-head" aria-hidden="true">
          <span />
          <span>Model</span>
          <span>Caller</span>
          <span class="figures">{about?.providers === undefined ? about?.tier.unit : "Cost"}</span>
          <span class="took">Took</span>
          <span class="time">When</span>
        </p>
      )}
      {found.length === 0 && <p class="soft">{nothing(filter)}</p>}
      <ol id="calls" class="calls" ref={list}>
        {shown.map((call) => (
          <CallRow
            key={call.id}
            call={call}
            unit={call.unit ?? about?.tier.unit ?? ""}
            most={mostExpensive}
            ofSomeModels={isOfSomeModels(about, call.rule)}
            isFresh={call.id >= firstFresh}
            onOpen={onOpen}
          />
        ))}
      </ol>
      {found.length > most && (
        <button
          type="button"
          class="more"
          onClick={() => {
            if (found.length <= most + SHOWN_MORE) focusAt.current = most;
            setMost(most + SHOWN_MORE);
          }}
        >
          Show {Math.min(SHOWN_MORE, found.length - most)} more of {found.length}
        </button>
      )}
    </section>
  );
}

function nothing({ outcome, search, model, caller }: CallFilter): string {
  if (outcome === "trouble" && search + model + caller === "") return "Nothing went wrong with the newest calls.";
  return "No call is like that.";
}
