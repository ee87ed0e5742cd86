import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "./create-chat.js";
import { PlayAnswer } from "./play-answer.js";
import type { PlayPanelProps } from "./play-panel.js";
import { PlaySend } from "./play-send.js";
import { PlaySettings } from "./play-settings.js";
import type { State } from "./state.js";
import { useStore } from "./store.js";

/** Questions for a visitor who only looks around. */
const STARTERS: readonly string[] = [
  "Explain tides in three sentences.",
  "Write a haiku about a harbor.",
  "A table of three planets: name, radius, moons.",
];

/** From this far above its end a reader of the conversation is not taken along any more. */
const NEAR_PX = 80;

/** A conversation with the chosen model. */
export function PlayChat({
  chat,
  calls,
  unit,
  blockedUntil,
  refusal,
  onFree,
}: Omit<PlayPanelProps, "models"> & { readonly chat: Chat; readonly calls: State["calls"] }): JSX.Element {
  const { exchanges, draft, settings, running, note } = useStore(chat.state);
  const log = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const isNearEnd = useRef(true);
  const hasPressed = useRef(false);
  const isBusy = running !== undefined;
  useEffect(() => {
    // A button of an answer goes with it: the keyboard's place is then the conversation, and not the top of the page.
    if (hasPressed.current && document.activeElement === document.body) log.current?.focus({ preventScroll: true });
    if (log.current !== null && isNearEnd.current) log.current.scrollTop = log.current.scrollHeight;
  }, [exchanges]);
  const send = (): void => {
    if (isBusy || blockedUntil !== undefined) return;
    isNearEnd.current = true;
    void chat.send();
  };
  const unlessBusy = (act: () => Promise<void>) => (): void => {
    if (isBusy || blockedUntil !== undefined) return;
    hasPressed.current = true;
    void act().finally(() => {
      hasPressed.current = false;
    });
  };
  return (
    <>
      {exchanges.length > 0 && (
        <div
          ref={log}
          class="log"
          role="log"
          aria-label="Conversation"
          aria-busy={isBusy}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of a keyboard
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            isNearEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
          }}
        >
          {exchanges.map(({ id, question, answer }, index) => (
            <div key={id} class="exchange">
              <div class="turn mine">
                <span class="hidden">You asked: </span>
                <div dir="auto">{question}</div>
              </div>
              {answer !== undefined && (
                <PlayAnswer
                  answer={answer}
                  unit={unit}
                  calls={calls}
                  isLast={index === exchanges.length - 1}
                  isBusy={isBusy || blockedUntil !== undefined}
                  onRegenerate={unlessBusy(chat.regenerate)}
                  onGoOn={unlessBusy(chat.goOn)}
                />
              )}
            </div>
          ))}
        </div>
      )}
      {exchanges.length === 0 && draft === "" && blockedUntil === undefined && (
        <ul class="starters" aria-label="To begin with">
          {STARTERS.map((starter) => (
            <li key={starter}>
              <button
                type="button"
                onClick={() => {
                  chat.write(starter);
                  field.current?.focus();
                }}
              >
                {starter}
              </button>
            </li>
          ))}
        </ul>
      )}
      {refusal}
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label for="chat-text">Message</label>
        <textarea
          ref={field}
          id="chat-text"
          rows={3}
          dir="auto"
          placeholder="Ask something. Enter sends, Shift and Enter begin a new line."
          value={draft}
          onInput={({ currentTarget }) => chat.write(currentTarget.value)}
          onKeyDown={(event) => {
            // Enter that ends a word of an input method sends nothing.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <div class="actions">
          <PlaySend word="Send" isBusy={isBusy} blockedUntil={blockedUntil} onStop={chat.stop} onFree={onFree} />
          <span class="soft" role="status">
            {running ?? note}
          </span>
          {exchanges.length > 0 && !isBusy && (
            <button
              type="button"
              class="quiet end"
              onClick={() => {
                chat.clear();
                field.current?.focus();
              }}
            >
              New conversation
            </button>
          )}
        </div>
      </form>
      <PlaySettings settings={settings} onChange={chat.set} />
    </>
  );
}
