import type { JSX } from "preact";
import type { ChatSettings } from "./conversation.js";

const MOST = 2;
const STEP = 0.1;

/** What goes with every question: words to the model, and how freely it chooses its own. */
export function PlaySettings({
  settings,
  onChange,
}: {
  readonly settings: ChatSettings;
  readonly onChange: (settings: ChatSettings) => void;
}): JSX.Element {
  const { system, temperature } = settings;
  const given = [
    system.trim() === "" ? "" : "system prompt",
    temperature === undefined ? "" : `temperature ${temperature}`,
  ];
  return (
    <details class="settings">
      <summary>
        Settings<span class="soft"> {given.filter(Boolean).join(", ")}</span>
      </summary>
      <div class="settings-fields">
        <div class="grow">
          <label for="play-system">System prompt</label>
          <textarea
            id="play-system"
            rows={2}
            dir="auto"
            placeholder="None"
            value={system}
            onInput={({ currentTarget }) => onChange({ ...settings, system: currentTarget.value })}
          />
        </div>
        <div>
          <label for="play-temperature">Temperature</label>
          <div class="line">
            <input
              id="play-temperature"
              type="range"
              // Its thumb must stand somewhere: faint, it does not look as if somebody had put it there.
              class={temperature === undefined ? "unset" : undefined}
              min={0}
              max={MOST}
              step={STEP}
              value={temperature ?? 1}
              aria-valuetext={temperature === undefined ? "the model's own" : String(temperature)}
              onInput={({ currentTarget }) => onChange({ ...settings, temperature: Number(currentTarget.value) })}
            />
            <output for="play-temperature">{temperature ?? "model's own"}</output>
            {temperature !== undefined && (
              <button type="button" class="quiet" onClick={() => onChange({ ...settings, temperature: undefined })}>
                Reset
              </button>
            )}
          </div>
        </div>
      </div>
    </details>
  );
}
