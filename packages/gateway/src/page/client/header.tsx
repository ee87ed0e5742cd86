import type { JSX } from "preact";
import { type Link, VIEWS, type View } from "./create-page.js";
import { sentence } from "./format.js";
import type { State } from "./state.js";

const WORDS: Readonly<Record<Link["kind"], string>> = {
  connecting: "connecting",
  live: "live",
  lost: "not connected",
  token: "",
};

/** The brand, the views, and how the page stands with its gateway. */
export function Header({
  state: { about },
  link,
  view,
}: {
  readonly state: State;
  readonly link: Link;
  readonly view: View;
}): JSX.Element {
  const tier = about?.providers?.map(({ title }) => title).join(", ") ?? about?.tier.title ?? "";
  return (
    <header>
      <div class="bar">
        <p class="brand">
          <img src="page/icon.svg" alt="" width="26" height="26" />
          laplas<span id="tier">{tier}</span>
        </p>
        {about !== undefined && (
          <nav aria-label="Views">
            {VIEWS.map((name) => (
              <a key={name} href={`#${name}`} aria-current={name === view ? "page" : undefined}>
                {sentence(name)}
              </a>
            ))}
          </nav>
        )}
        <p id="connection" role="status" data-state={link.kind}>
          {WORDS[link.kind]}
        </p>
      </div>
    </header>
  );
}
