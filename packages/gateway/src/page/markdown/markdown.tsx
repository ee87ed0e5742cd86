import type { JSX, VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useLibrary } from "../client/load-library.js";
import { type Block, createBlockReader } from "./create-block-reader.js";
import { renderBlock } from "./render-block.js";

/**
 * An answer in Markdown. Nothing of it is ever read as HTML: its parts become elements one by one, of the few kinds that `renderBlock`
 * knows, so that the page can forbid every way from text to markup (`trusted-types 'none'`). Until the grammar is here, it is a text.
 */
export function Markdown({ text, isWhole }: { readonly text: string; readonly isWhole: boolean }): JSX.Element {
  const library = useLibrary();
  const read = useMemo(() => library && createBlockReader(library.lexMarkdown), [library]);
  const drawn = useRef(new WeakMap<Block["token"], VNode>());
  const blocks = useMemo(() => read?.(text, isWhole) ?? [plainBlock(text)], [read, text, isWhole]);
  return (
    <div class="prose">
      {blocks.map(({ key, token }) => {
        // The same node again costs no comparison: of a long answer only the end is drawn anew.
        const known = drawn.current.get(token);
        if (known !== undefined) return known;
        const made = renderBlock(token, key);
        if (made !== null) drawn.current.set(token, made);
        return made;
      })}
    </div>
  );
}

function plainBlock(text: string): Block {
  return { key: 0, token: { type: "plain", raw: text } };
}
