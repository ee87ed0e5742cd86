import type { JSX } from "preact";
import type { Modality } from "./create-play-models.js";
import { Tabs } from "./tabs.js";

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
  const tabs = kinds.map((key) => ({ key, name: NAMES[key], panel: `panel-${key}` }));
  return <Tabs label="Kind of model" tabs={tabs} shown={shown} onShow={onShow} />;
}
