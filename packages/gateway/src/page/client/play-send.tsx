import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { countdown } from "./format.js";
import { useTicking } from "./ticker.js";

/** The button that asks. Where nothing is left it counts down to the reset; while an answer comes, another stops it. */
export function PlaySend({
  word,
  isBusy,
  blockedUntil,
  onStop,
  onFree,
}: {
  /** `Send`. */
  readonly word: string;
  readonly isBusy: boolean;
  /** Epoch milliseconds of the gateway's clock. */
  readonly blockedUntil: number | undefined;
  readonly onStop: () => void;
  /** The countdown is over. */
  readonly onFree: () => void;
}): JSX.Element {
  const send = useRef<HTMLButtonElement>(null);
  const hadFocus = useRef(false);
  useEffect(() => {
    // The button that takes its place gets the keyboard's too.
    if (!isBusy && hadFocus.current) send.current?.focus();
    hadFocus.current = false;
  }, [isBusy]);
  return (
    <>
      <button ref={send} type="submit" class="main" aria-disabled={isBusy || blockedUntil !== undefined}>
        {blockedUntil === undefined ? word : <Countdown word={word} until={blockedUntil} onOver={onFree} />}
      </button>
      {isBusy && (
        <button
          type="button"
          onClick={() => {
            hadFocus.current = true;
            onStop();
          }}
        >
          Stop
        </button>
      )}
    </>
  );
}

function Countdown({
  word,
  until,
  onOver,
}: {
  readonly word: string;
  readonly until: number;
  readonly onOver: () => void;
}): JSX.Element {
  const text = useTicking((now) => (now < until ? `${word} in ${countdown(until - now)}` : word));
  const isOver = text === word;
  useEffect(() => {
    if (isOver) onOver();
  }, [isOver]);
  return <>{text}</>;
}
