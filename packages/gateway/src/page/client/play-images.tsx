import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { createTask, type Task } from "./create-task.js";
import { playOnce } from "./play-once.js";
import type { PlayPanelProps } from "./play-panel.js";
import { PlayTask } from "./play-task.js";
import { useStore } from "./store.js";

interface Picture {
  readonly id: string;
  readonly url: string;
  readonly prompt: string;
  readonly report: string;
}

interface Pictures {
  readonly data: readonly { readonly url?: string }[];
}

const MOST_SHOWN = 30;

/** Pictures, the newest first. */
export function PlayImages({ models, unit, blockedUntil, refusal, onFree }: PlayPanelProps): JSX.Element {
  const [task] = useState<Task<readonly Picture[]>>(() => createTask(MOST_SHOWN));
  const [value, setValue] = useState("A lighthouse on a cliff above the sea at dusk");
  const { results, running, note } = useStore(task.state);
  const draw = async (): Promise<void> => {
    const prompt = value.trim();
    if (prompt === "") return;
    await playOnce(task, models, unit, {
      path: "images/generations",
      input: { prompt },
      words: "drawing",
      toResult({ data }: Pictures, report) {
        return data.map(({ url = "" }) => ({ id: crypto.randomUUID(), url, prompt, report }));
      },
    });
  };
  return (
    <PlayTask
      id="image-prompt"
      label="What to draw"
      rows={2}
      word="Draw"
      value={value}
      running={running}
      note={note}
      blockedUntil={blockedUntil}
      onInput={setValue}
      onSend={() => void draw()}
      onStop={task.stop}
      onFree={onFree}
    >
      {refusal}
      <div class="pictures">
        {results.flat().map((picture) => (
          <Figure key={picture.id} picture={picture} />
        ))}
      </div>
    </PlayTask>
  );
}

/** A picture of this gateway is shown; one that only the upstream has is a link, since the page speaks to no other host. */
function Figure({ picture: { url, prompt, report } }: { readonly picture: Picture }): JSX.Element {
  const path = /^\/(images\/[\w.]+)$/.exec(url)?.[1];
  const isElsewhere = path === undefined && /^https?:/.test(url);
  return (
    <figure>
      {path !== undefined && <img src={path} alt={prompt} />}
      {isElsewhere && (
        <a href={url} target="_blank" rel="noopener noreferrer">
          Open the picture at the upstream
        </a>
      )}
      {path === undefined && !isElsewhere && "The picture came in a form that can't be shown."}
      <figcaption dir="auto">
        {prompt}
        <br />
        {report}
      </figcaption>
    </figure>
  );
}
