import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchCallsLeft } from "./calls-left.js";
import { CopyButton } from "./copy-button.js";
import { type Snippet, snippetsFor } from "./snippets.js";
import { Tabs } from "./tabs.js";

/** Known to most programs, where the provider has it. */
const USUAL = "gpt-4o-mini";

/** The base URL, and how programs take it. */
export function Connect({ asksForToken }: { readonly asksForToken: boolean }): JSX.Element {
  const baseURL = new URL("v1", document.baseURI).href;
  const model = useModel();
  const [shown, setShown] = useState("curl");
  const snippets = snippetsFor({ baseURL, model, asksForToken });
  const snippet = snippets.find(({ name }) => keyOf(name) === shown);
  const tabs = snippets.map(({ name }) => ({ key: keyOf(name), name, panel: "connect-panel" }));
  return (
    <>
      <p class="base-url">
        <span class="soft">Base URL</span> <code>{baseURL}</code>{" "}
        <CopyButton text={baseURL} label="Copy the base URL">
          Copy
        </CopyButton>
      </p>
      <Tabs label="Programs" tabs={tabs} shown={shown} onShow={setShown} />
      {snippet !== undefined && <Panel snippet={snippet} tab={`tab-${shown}`} />}
    </>
  );
}

/** For an id, which holds no space. */
function keyOf(name: Snippet["name"]): string {
  return name.replace(" ", "-");
}

function Panel({
  snippet: { name, place, code },
  tab,
}: {
  readonly snippet: Snippet;
  readonly tab: string;
}): JSX.Element {
  return (
    <div id="connect-panel" role="tabpanel" aria-labelledby={tab} class="snippet">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of a keyboard */}
      <pre tabIndex={0}>{code}</pre>
      <p>
        <CopyButton text={code} label={`Copy the snippet for ${name}`}>
          Copy
        </CopyButton>{" "}
        <span class="soft">{place}</span>
      </p>
    </div>
  );
}

/** A chat model that answers here. */
function useModel(): string {
  const [model, setModel] = useState(USUAL);
  useEffect(() => {
    void fetchCallsLeft("v1/calls-left").then(
      (models) => {
        const chats = models.filter(({ modality, needs_picture: needs }) => modality === "chat" && !needs);
        const usual = chats.find(({ id, aliases }) => [id, ...aliases].includes(USUAL));
        setModel((usual ?? chats[0])?.id ?? USUAL);
      },
      // What is usual stands there already.
      () => {},
    );
  }, []);
  return model;
}
