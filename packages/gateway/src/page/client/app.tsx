import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { titleOf } from "./budget-words.js";
import type { Link, Page } from "./create-page.js";
import { Header } from "./header.js";
import { Models } from "./models.js";
import { Overview } from "./overview.js";
import { Playground } from "./playground.js";
import { hasToken } from "./session.js";
import type { State } from "./state.js";
import { useStore } from "./store.js";
import { TokenForm } from "./token-form.js";

/** The whole page, but for what stands in `page.html`. */
export function App({ page }: { readonly page: Page }): JSX.Element {
  const state = useStore(page.state);
  const link = useStore(page.link);
  const view = useStore(page.view);
  const wanted = useStore(page.wanted);
  const isOpen = state.about !== undefined;
  const problem = problemOf(state, link);
  useEffect(() => {
    document.title = titleOf(state);
  }, [state]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header state={state} link={link} view={view} />
      <main id="main" tabIndex={-1} class={link.kind === "lost" ? "stale" : undefined}>
        {problem !== "" && (
          <p class="card problem" role="alert">
            {problem}
          </p>
        )}
        {link.kind === "token" && <TokenForm wrong={link.wrong} onToken={page.giveToken} />}
        <section id="overview" class="view" aria-labelledby="overview-title" hidden={!isOpen || view !== "overview"}>
          {isOpen && <Overview state={state} asksForToken={page.asksForToken} onTry={page.tryModel} />}
        </section>
        <section
          id="playground"
          class="view"
          aria-labelledby="playground-title"
          hidden={!isOpen || view !== "playground"}
        >
          {isOpen && <Playground state={state} isShown={view === "playground"} wanted={wanted} />}
        </section>
        <section id="models" class="view" aria-labelledby="models-title" hidden={!isOpen || view !== "models"}>
          {isOpen && <Models state={state} isShown={view === "models"} onTry={page.tryModel} />}
        </section>
      </main>
      <footer>
        <p>
          <span>{state.quota !== undefined && `Account kept in ${state.quota.ledger}.`}</span>
          <span>
            Times are in your time zone.
            {unitWords(state)}
          </span>
        </p>
        {isOpen && hasToken() && (
          <button type="button" onClick={page.forgetToken}>
            Forget the token
          </button>
        )}
      </footer>
    </>
  );
}

/** One attempt fails whenever a gateway is restarted: that is not worth a box that comes and goes. */
function problemOf(state: State, link: Link): string {
  if (link.kind !== "lost" || (link.attempts === 1 && link.why === undefined)) return state.problem ?? "";
  const told = state.about === undefined ? "" : " What stands here is what it told last.";
  return `${link.why ?? "The gateway can't be reached. Does it still run?"}${told} This page tries again by itself.`;
}

/** Model tokens need no word. */
function unitWords({ about }: State): string {
  if (about === undefined || about.tier.metric === "tokens" || about.providers !== undefined) return "";
  return ` Costs are counted in ${about.tier.unit}: each model has its rate.`;
}
