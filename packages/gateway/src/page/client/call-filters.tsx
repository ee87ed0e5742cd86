import type { JSX } from "preact";
import type { RecentCall } from "../../recent/recent-call.js";
import { callerOf, nameOf } from "./call-words.js";
import { type CallFilter, choicesOf, EVERYTHING, OUTCOMES } from "./filter-calls.js";
import { counted } from "./format.js";

/** Search, and three choices. */
export function CallFilters({
  calls,
  filter,
  found,
  onFilter,
}: {
  readonly calls: readonly RecentCall[];
  readonly filter: CallFilter;
  readonly found: number;
  readonly onFilter: (next: CallFilter) => void;
}): JSX.Element {
  const isOn = Object.values(filter).some((value) => value !== "");
  const choice = (name: "model" | "caller", of: (call: RecentCall) => string): JSX.Element => (
    <select
      aria-label={`Filter by ${name}`}
      value={filter[name]}
      onInput={({ currentTarget }) => onFilter({ ...filter, [name]: currentTarget.value })}
    >
      <option value="">any {name}</option>
      {choicesOf(calls, of).map((value) => (
        <option key={value} value={value}>
          {value}
        </option>
      ))}
    </select>
  );
  return (
    <search class="call-filters">
      <input
        type="search"
        aria-label="Search calls"
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        value={filter.search}
        onInput={({ currentTarget }) => onFilter({ ...filter, search: currentTarget.value })}
      />
      {choice("model", (call) => (call.model === "" ? "" : nameOf(call)))}
      <select
        aria-label="Filter by outcome"
        value={filter.outcome}
        onInput={({ currentTarget }) => onFilter({ ...filter, outcome: currentTarget.value as CallFilter["outcome"] })}
      >
        <option value="">any outcome</option>
        {Object.entries(OUTCOMES).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {choice("caller", callerOf)}
      {isOn && (
        <button type="button" class="small" onClick={() => onFilter(EVERYTHING)}>
          Clear
        </button>
      )}
      <span class="hidden" role="status">
        {isOn && `${counted(found, "call")} found`}
      </span>
    </search>
  );
}
