import { render } from "preact";
import { App } from "./app.js";
import { createPage } from "./create-page.js";

const root = document.getElementById("app") ?? document.body;
const page = createPage(document.documentElement.dataset.token === "needed");

/** Until there is something to show, the skeleton stays. */
const stop = page.link.listen(begin);
if (page.link.get().kind !== "connecting") begin();

function begin(): void {
  stop();
  root.replaceChildren();
  render(<App page={page} />, root);
}
