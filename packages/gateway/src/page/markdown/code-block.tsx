import type { JSX } from "preact";
import { CopyButton } from "../client/copy-button.js";

/** Code as it stands, and a way to take it along. */
export function CodeBlock({ code, language }: { readonly code: string; readonly language: string }): JSX.Element {
  const name = language === "" ? "Code" : `Code, ${language}`;
  return (
    <figure class="code-block" aria-label={name} dir="ltr">
      <div class="code-head">
        <span>{language === "" ? "code" : language}</span>
        <CopyButton text={code} label="Copy the code">
          Copy
        </CopyButton>
      </div>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of a keyboard
        tabIndex={0}
      >
        <code>{code}</code>
      </pre>
    </figure>
  );
}
