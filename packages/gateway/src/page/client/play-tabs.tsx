import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Modality } from "./create-play-models.js";
import { tabAfter } from "./tabs.js";

export const KINDS: readonly Modality[] = ["chat", "embedding", "image"];
const NAMES: Readonly<Record<Modality, string>> = { chat: "Chat", embedding: "Embeddings", image: "Images" };

/** The kinds of models that there are, one of them shown. */
export function PlayTabs({
  kinds,
  shown,
  onShow,
}: {
  readonly kinds: readonly Modality[];
  readonly shown: Modality;
  readonly onShow: (kind: Modality) => void;
}): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const next = kinds[tabAfter(event.key, index, kinds.length) ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    onShow(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div ref={list} role="tablist" aria-label="Kind of model" class="tabs">
      {kinds.map((kind, index) => (
        <button
          key={kind}
          type="button"
          role="tab"
          id={`tab-${kind}`}
          aria-controls={`panel-${kind}`}
          aria-selected={kind === shown}
          tabIndex={kind === shown ? 0 : -1}
          onClick={() => onShow(kind)}
          onKeyDown={(event) => onKeyDown(event, index)}
        >
          {NAMES[kind]}
        </button>
      ))}
    </div>
  );
}
