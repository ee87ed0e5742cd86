import type { CallsLeft } from "./calls-left.js";
import { follow } from "./connection.js";
import { hasToken, isToken, keepToken } from "./session.js";
import { EMPTY_STATE, type State, withUpdate } from "./state.js";
import { createStore, type Store } from "./store.js";
import { setClock } from "./ticker.js";

export type View = "overview" | "playground" | "models";
export const VIEWS: readonly View[] = ["overview", "playground", "models"];

/** How the page stands with its gateway. */
export type Link =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** @property why in the gateway's words, if it said so */
  | { readonly kind: "lost"; readonly attempts: number; readonly why: string | undefined }
  /** @property wrong what is wrong with the token that was given */
  | { readonly kind: "token"; readonly wrong: string };

/** All that the views share, and what they can do. */
export interface Page {
  /** Whether the gateway answers nothing without one. */
  readonly asksForToken: boolean;
  /** What the gateway told. */
  readonly state: Store<State>;
  readonly link: Store<Link>;
  /** The view that the address names: each can be kept as a bookmark, and the way back works. */
  readonly view: Store<View>;
  /** The model that somebody wants to try in the playground; each wish is a new object. */
  readonly wanted: Store<CallsLeft | undefined>;
  tryModel(model: CallsLeft): void;
  giveToken(token: string): void;
  forgetToken(): void;
}

const WRONG_TOKEN = "No client has this token.";

export function createPage(asksForToken: boolean): Page {
  const state = createStore<State>(EMPTY_STATE);
  const link = createStore<Link>({ kind: "connecting" });
  const view = createStore<View>(viewNamed() ?? "overview");
  const wanted = createStore<CallsLeft | undefined>(undefined);
  let stop = (): void => {};

  const askForToken = (wrong: string): void => {
    keepToken(undefined);
    state.set(EMPTY_STATE);
    link.set({ kind: "token", wrong });
  };
  const connect = (): void => {
    stop();
    stop = follow({
      update(update) {
        const next = withUpdate(state.get(), update, Date.now());
        setClock(next.aheadMs);
        state.set(next);
        if (link.get().kind !== "live") link.set({ kind: "live" });
      },
      lost: (attempts, why) => link.set({ kind: "lost", attempts, why }),
      tokenNeeded: () => askForToken(hasToken() ? WRONG_TOKEN : ""),
    });
  };

  addEventListener("hashchange", () => {
    const named = viewNamed();
    if (named === undefined || named === view.get()) return;
    view.set(named);
    scrollTo(0, 0);
  });
  if (asksForToken && !hasToken()) askForToken("");
  else connect();

  return {
    asksForToken,
    state,
    link,
    view,
    wanted,
    tryModel(model) {
      wanted.set({ ...model });
      location.hash = "#playground";
    },
    giveToken(token) {
      if (!isToken(token)) return link.set({ kind: "token", wrong: WRONG_TOKEN });
      keepToken(token);
      connect();
    },
    forgetToken() {
      keepToken(undefined);
      // And all that it showed, conversations too.
      location.reload();
    },
  };
}

/** `#main` is where the way past the head leads, and no view. */
function viewNamed(): View | undefined {
  const named = location.hash.slice(1);
  return named === "main" ? undefined : (VIEWS.find((name) => name === named) ?? "overview");
}
