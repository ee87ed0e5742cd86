import { render } from "preact";
import { App } from "./app.js";
import { createPage } from "./create-page.js";
import { byId } from "./element.js";

const root = byId("app", HTMLElement);
// The skeleton has done its part.
root.replaceChildren();
render(<App page={createPage(document.documentElement.dataset.token === "needed")} />, root);
