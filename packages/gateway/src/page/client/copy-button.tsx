import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { copyText } from "./copy-text.js";

const SAID_MS = 2_000;

/** A button that copies a text, and says so. */
export function CopyButton({
  text,
  label,
  children,
}: {
  readonly text: string;
  /** Its name, where the words on it do not say what is copied. */
  readonly label?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => setSaid((await copyText(text)) ? "Copied" : "Not copied");
  return (
    <>
      <button type="button" class="small copy" aria-label={label} onClick={() => void copy()}>
        {said === "" ? children : said}
      </button>
      <span class="hidden" role="status">
        {said}
      </span>
    </>
  );
}
