import { isValidElement, type JSX, type VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { type Block, createBlockReader } from "./create-block-reader.js";
import { renderBlock } from "./render-block.js";

/**
 * An answer in Markdown. Nothing of it is ever read as HTML: its parts become elements one by one, of the few kinds that `renderBlock`
 * knows, so that the page can forbid every way from text to markup (`trusted-types 'none'`).
 */
export function Markdown({ text, isWhole }: { readonly text: string; readonly isWhole: boolean }): JSX.Element {
  const reader = useRef(createBlockReader());
  const drawn = useRef(new WeakMap<Block["token"], VNode>());
  const blocks = useMemo(() => reader.current(text, isWhole), [text, isWhole]);
  return (
    <div class="prose">
      {blocks.map(({ key, token }) => {
        // The same node again costs no comparison: of a long answer only the end is drawn anew.
        const known = drawn.current.get(token);
        if (known !== undefined) return known;
        const made = renderBlock(token, key);
        if (isValidElement(made)) drawn.current.set(token, made);
        return made;
      })}
    </div>
  );
}
