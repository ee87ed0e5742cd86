import type { ComponentChildren, JSX } from "preact";
import { PlaySend } from "./play-send.js";

/** A form that makes one call at a time. */
export function PlayTask({
  id,
  label,
  rows,
  word,
  value,
  running,
  note,
  blockedUntil,
  children,
  onInput,
  onSend,
  onStop,
  onFree,
}: {
  readonly id: string;
  readonly label: string;
  readonly rows: number;
  /** `Compare`. */
  readonly word: string;
  readonly value: string;
  readonly running: string | undefined;
  readonly note: string;
  readonly blockedUntil: number | undefined;
  /** What stands between the form and what came of it. */
  readonly children: ComponentChildren;
  readonly onInput: (value: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly onFree: () => void;
}): JSX.Element {
  const isBusy = running !== undefined;
  return (
    <>
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && blockedUntil === undefined) onSend();
        }}
      >
        <label for={id}>{label}</label>
        <textarea
          id={id}
          rows={rows}
          dir="auto"
          required
          value={value}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
        <div class="actions">
          <PlaySend word={word} isBusy={isBusy} blockedUntil={blockedUntil} onStop={onStop} onFree={onFree} />
          <span class="soft" role="status">
            {running ?? note}
          </span>
        </div>
      </form>
      {children}
    </>
  );
}
