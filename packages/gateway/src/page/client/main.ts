import type { FeedUpdate } from "../../recent/feed.js";
import { follow } from "./connection.js";
import { byId, element } from "./element.js";
import { hasToken, isToken, keepToken } from "./session.js";
import { setUpPlayground } from "./set-up-playground.js";
import { budgetLine, showBudget, titleOf } from "./show-budget.js";
import { createCallList } from "./show-calls.js";
import { showChart } from "./show-chart.js";
import { showLive } from "./show-live.js";
import { createModelView } from "./show-models.js";
import { showRefusal } from "./show-refusal.js";
import { showRules } from "./show-rules.js";
import { EMPTY_STATE, type State, withUpdate } from "./state.js";
import { gatewayNow, setClock, startTicking } from "./ticker.js";

type View = "overview" | "playground" | "models";
const WRONG_TOKEN = "No client has this token.";
const VIEWS: readonly View[] = ["overview", "playground", "models"];

const filter = byId("calls-filter", HTMLInputElement);
const showCalls = createCallList({
  list: byId("calls", HTMLElement),
  more: byId("calls-more", HTMLButtonElement),
  none: byId("calls-none", HTMLElement),
  noTrouble: byId("calls-fine", HTMLElement),
});
const playground = setUpPlayground();
let state: State = EMPTY_STATE;
const hasPlayground = (): boolean => state.about?.playground != null;
const models = createModelView(
  (model) => {
    playground.tryModel(model);
    location.hash = "#playground";
  },
  {
    canTry: hasPlayground,
    unit: () => (state.about?.providers === undefined ? (state.about?.tier.unit ?? "") : "cost"),
  },
);
let view: View = "overview";
let stop = (): void => {};

function show(): void {
  const { about, quota } = state;
  showBudget(byId("budget", HTMLElement), byId("meters", HTMLElement), state);
  showRefusal(byId("refusal", HTMLElement), state, gatewayNow());
  showLive(byId("live", HTMLElement), state);
  showChart(byId("chart-title", HTMLElement), byId("chart", HTMLElement), state);
  showCalls(state, filter.checked);
  byId("calls-try", HTMLElement).hidden = !hasPlayground();
  const several = about?.providers;
  byId("tier", HTMLElement).textContent =
    several === undefined ? (about?.tier.title ?? "") : several.map(({ title }) => title).join(", ");
  byId("ledger", HTMLElement).textContent = quota === undefined ? "" : `Account kept in ${quota.ledger}.`;
  byId("playground-budget", HTMLElement).textContent = budgetLine(state);
  document.title = titleOf(state);
  showProblem(state.problem ?? "");
}

function showProblem(words: string): void {
  const problem = byId("problem", HTMLElement);
  problem.hidden = words === "";
  if (problem.textContent !== words) problem.textContent = words;
}

/** What the other views show is asked for when somebody looks, and when something was spent since. */
function refreshView(): void {
  if (view === "models") void models.refresh();
  if (view === "playground" && hasPlayground()) void playground.refresh();
}

let isRefreshing = false;
function refreshSoon(): void {
  if (isRefreshing) return;
  isRefreshing = true;
  setTimeout(() => {
    isRefreshing = false;
    refreshView();
  }, 1_000);
}

function onUpdate(update: FeedUpdate): void {
  state = withUpdate(state, update, Date.now());
  setClock(state.aheadMs);
  setConnection("live", "live");
  show();
  if (update.about !== undefined) {
    const { tier, providers } = update.about;
    showRules(byId("rules", HTMLElement), update.about);
    byId("rules-title", HTMLElement).textContent =
      providers === undefined ? "What this tier allows" : "What they allow";
    // Model tokens need no word.
    byId("unit", HTMLElement).textContent =
      tier.metric === "tokens" || providers !== undefined
        ? ""
        : ` Costs are counted in ${tier.unit}: each model has its rate.`;
    playground.about(state);
    openPage();
    refreshView();
  } else if (update.quota !== undefined || update.calls !== undefined) {
    refreshSoon();
  }
}

function setConnection(kind: "live" | "lost", words: string): void {
  const place = byId("connection", HTMLElement);
  if (place.textContent !== words) place.textContent = words;
  place.dataset.state = kind;
  byId("main", HTMLElement).classList.toggle("stale", kind === "lost");
}

function connect(): void {
  stop();
  stop = follow({
    update: onUpdate,
    lost: onLost,
    tokenNeeded: () => askForToken(hasToken() ? WRONG_TOKEN : ""),
  });
}

/** One attempt fails whenever a gateway is started anew: it is not worth a box that comes and goes. */
function onLost(attempts: number, why: string | undefined): void {
  setConnection("lost", "not connected");
  if (attempts === 1 && why === undefined) return;
  const told = state.about === undefined ? "" : " What stands here is what it told last.";
  showProblem(`${why ?? "The gateway can't be reached. Does it still run?"}${told} This page tries again by itself.`);
}

function askForToken(wrong: string): void {
  keepToken(undefined);
  state = EMPTY_STATE;
  show();
  for (const name of VIEWS) byId(name, HTMLElement).hidden = true;
  for (const id of ["views", "forget"]) byId(id, HTMLElement).hidden = true;
  byId("connection", HTMLElement).textContent = "";
  byId("token", HTMLElement).hidden = false;
  byId("token-wrong", HTMLElement).textContent = wrong;
  byId("token-field", HTMLInputElement).focus();
}

function openPage(): void {
  byId("token", HTMLElement).hidden = true;
  byId("views", HTMLElement).hidden = false;
  byId("forget", HTMLElement).hidden = !hasToken();
  openView();
}

/** The view that the address names. Views are links: each can be kept, and the way back works. */
function openView(): void {
  const named = location.hash.slice(1);
  if (named === "main") return;
  view = VIEWS.find((name) => name === named) ?? "overview";
  if (state.about === undefined) return;
  for (const name of VIEWS) byId(name, HTMLElement).hidden = name !== view;
  for (const link of document.querySelectorAll("#views a")) {
    if (link.getAttribute("href") === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

addEventListener("hashchange", () => {
  openView();
  refreshView();
  scrollTo(0, 0);
});
filter.addEventListener("input", show);
byId("token-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const field = byId("token-field", HTMLInputElement);
  const token = field.value.trim();
  field.value = "";
  byId("token-wrong", HTMLElement).textContent = isToken(token) ? "" : WRONG_TOKEN;
  if (!isToken(token)) return;
  keepToken(token);
  connect();
});
byId("forget", HTMLButtonElement).addEventListener("click", () => {
  keepToken(undefined);
  // And all that it showed, conversations too.
  location.reload();
});
byId("base-url", HTMLElement).replaceChildren(element("span", {}, new URL("v1", document.baseURI).href));
startTicking();
if (document.documentElement.dataset.token === "needed" && !hasToken()) askForToken("");
else connect();
