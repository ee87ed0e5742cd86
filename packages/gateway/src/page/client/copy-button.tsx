import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { copyText } from "./copy-text.js";

const SHOWN_MS = 2_000;
const WORDS = { rest: "Copy", done: "Copied", failed: "Could not copy" } as const;

/** Puts a text on the clipboard, and says so for a moment. @param what as in `Copy the code` */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): JSX.Element {
  const [state, setState] = useState<keyof typeof WORDS>("rest");
  useEffect(() => {
    if (state === "rest") return;
    const timer = setTimeout(() => setState("rest"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => setState((await copyText(text)) ? "done" : "failed");
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      <span aria-live="polite">{WORDS[state]}</span>
      <span class="hidden"> {what}</span>
    </button>
  );
}
