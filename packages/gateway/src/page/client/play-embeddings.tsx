import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { createTask, type Task } from "./create-task.js";
import { likenesses, mostAlike } from "./likeness.js";
import { playOnce } from "./play-once.js";
import type { PlayPanelProps } from "./play-panel.js";
import { PlayTask } from "./play-task.js";
import { useStore } from "./store.js";

interface Compared {
  readonly texts: readonly string[];
  readonly matrix: readonly (readonly number[])[];
  readonly report: string;
}

interface Embeddings {
  readonly data: readonly { readonly embedding: readonly number[] }[];
}

const MOST_TEXTS = 6;
const EXAMPLE = `The cat sleeps on the warm sofa.
A cat is asleep on the sofa.
The stock market fell today.`;

/** How alike a few texts are. */
export function PlayEmbeddings({ models, unit, blockedUntil, refusal, onFree }: PlayPanelProps): JSX.Element {
  const [task] = useState<Task<Compared>>(() => createTask(1));
  const [value, setValue] = useState(EXAMPLE);
  const [fault, setFault] = useState("");
  const { results, running, note } = useStore(task.state);
  const compare = async (): Promise<void> => {
    const texts = value.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
    setFault(faultOf(texts.length));
    if (faultOf(texts.length) !== "") return;
    await playOnce(task, models, unit, {
      path: "embeddings",
      input: { input: texts },
      words: "comparing",
      toResult({ data }: Embeddings, report) {
        return { texts, matrix: likenesses(data.map(({ embedding }) => embedding)), report };
      },
    });
  };
  const [newest] = results;
  return (
    <PlayTask
      id="embedding-texts"
      label="Texts to compare, one on a line, two to six"
      rows={5}
      word="Compare"
      value={value}
      running={running}
      note={fault || note}
      blockedUntil={blockedUntil}
      onInput={setValue}
      onSend={() => void compare()}
      onStop={task.stop}
      onFree={onFree}
    >
      {refusal}
      {newest !== undefined && <Likeness compared={newest} />}
    </PlayTask>
  );
}

function faultOf(count: number): string {
  if (count >= 2 && count <= MOST_TEXTS) return "";
  return `Give two to six texts, each on a line of its own: now there ${count === 1 ? "is 1" : `are ${count}`}.`;
}

function Likeness({ compared: { texts, matrix, report } }: { readonly compared: Compared }): JSX.Element {
  const best = mostAlike(matrix);
  return (
    <div class="embedding-result">
      {best !== undefined && (
        <p class="alike">{`Most alike: ${best.one + 1} and ${best.other + 1}, likeness ${best.value.toFixed(2)}`}</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of a keyboard */}
      <section class="scroll" aria-label="Likeness of each text to each" tabIndex={0}>
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">Text</th>
              {texts.map((_, index) => (
                <th key={index} scope="col">
                  {index + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {texts.map((text, index) => (
              <tr key={index}>
                <th scope="row" class="matrix-text" dir="auto">{`${index + 1}. ${text}`}</th>
                {matrix[index]?.map((value, column) => (
                  <td key={column} style={{ background: shadeOf(value) }}>
                    {value.toFixed(2)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="soft report">{report}</p>
    </div>
  );
}

function shadeOf(value: number): string {
  return `color-mix(in srgb, var(--accent) ${Math.round(Math.max(0, value) * 38)}%, var(--card))`;
}
