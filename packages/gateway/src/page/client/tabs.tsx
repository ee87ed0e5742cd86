import type { JSX } from "preact";
import { useRef } from "preact/hooks";

/** A tab, and the panel that it shows. */
export interface Tab<Key extends string> {
  readonly key: Key;
  readonly name: string;
  /** Id of its panel; the tab's own is `tab-` and its key. */
  readonly panel: string;
}

/** A row of tabs, one of which is shown. Arrow keys, Home and End go from one to another. */
export function Tabs<Key extends string>({
  label,
  tabs,
  shown,
  onShow,
}: {
  readonly label: string;
  readonly tabs: readonly Tab<Key>[];
  readonly shown: Key;
  readonly onShow: (key: Key) => void;
}): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const places: Readonly<Record<string, number>> = {
      ArrowRight: index + 1,
      ArrowLeft: index - 1 + tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const place = (places[event.key] ?? Number.NaN) % tabs.length;
    const next = tabs[place];
    if (next === undefined) return;
    event.preventDefault();
    onShow(next.key);
    (list.current?.children[place] as HTMLElement | undefined)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label={label} class="tabs">
      {tabs.map(({ key, name, panel }, index) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`tab-${key}`}
          aria-controls={panel}
          aria-selected={key === shown}
          tabIndex={key === shown ? 0 : -1}
          onClick={() => onShow(key)}
          onKeyDown={(event) => onKeyDown(event, index)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
