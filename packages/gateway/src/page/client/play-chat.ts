import { byId, element } from "./element.js";
import { type Played, play, reportOf, streamTrouble } from "./play-call.js";
import type { PlayModel } from "./play-model.js";
import { setBusy } from "./play-task.js";
import { readEvents } from "./read-events.js";

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: string;
}

/** The part of a chunk that is shown. */
interface Chunk {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: { readonly api_tokens?: number; readonly total_tokens?: number } | null;
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** A conversation with the chosen model, streamed. What was not answered goes back into the field. */
export function setUpChat(model: PlayModel): void {
  const log = byId("chat-log", HTMLElement);
  const limit = byId("chat-limit", HTMLElement);
  const text = byId("chat-text", HTMLTextAreaElement);
  const send = byId("chat-send", HTMLButtonElement);
  const stop = byId("chat-stop", HTMLButtonElement);
  const anew = byId("chat-new", HTMLButtonElement);
  const state = byId("chat-state", HTMLElement);
  const form = byId("chat-form", HTMLFormElement);
  let turns: readonly Turn[] = [];
  let running: AbortController | undefined;

  const show = (look: "mine" | "theirs", content: string): { words: Text; foot: HTMLElement; box: HTMLElement } => {
    const words = document.createTextNode(content);
    const foot = element("small");
    const box = element("div", { class: `turn ${look}` }, words, foot);
    log.append(box);
    log.scrollTop = log.scrollHeight;
    return { words, foot, box };
  };
  const tell = (words: string): void => {
    state.textContent = words;
  };
  const setRunning = (controller: AbortController | undefined): void => {
    running = controller;
    setBusy(send, stop, controller !== undefined);
    anew.hidden = controller !== undefined || turns.length === 0;
    log.setAttribute("aria-busy", String(controller !== undefined));
  };

  const say = async (content: string): Promise<void> => {
    const controller = new AbortController();
    setRunning(controller);
    limit.replaceChildren();
    const chosen = await model.chosen(limit);
    if (chosen === undefined) return setRunning(undefined);
    state.textContent = "asking";
    const mine = show("mine", content);
    text.value = "";
    const asked: readonly Turn[] = [...turns, { role: "user", content }];
    const giveBack = (): void => {
      mine.box.remove();
      if (text.value === "") text.value = content;
    };
    try {
      const body = { model: chosen.id, messages: asked, stream: true, stream_options: { include_usage: true } };
      const played = await play("chat/completions", body, tell, controller.signal);
      state.textContent = "";
      if (played.ok) {
        const answer = await readAnswer(played, chosen.id, controller.signal);
        // An answer without a word is no turn: models refuse a conversation that holds one.
        if (answer === "") giveBack();
        else turns = [...asked, { role: "assistant", content: answer }];
      } else {
        giveBack();
        await model.refuse(limit, played.trouble);
      }
    } catch {
      giveBack();
      state.textContent = "stopped";
    }
    setRunning(undefined);
    await model.refresh();
  };

  /** What came of an answer stays, also where it ended early: it was paid for, and the conversation can go on from it. */
  const readAnswer = async (
    { response }: Extract<Played, { ok: true }>,
    id: string,
    signal: AbortSignal,
  ): Promise<string> => {
    state.textContent = "answering";
    const theirs = show("theirs", "");
    let content = "";
    let end = "";
    let cost: number | undefined;
    try {
      for await (const data of readEvents(response.body ?? new Blob().stream())) {
        if (data === "[DONE]") break;
        const { choices, usage, error } = JSON.parse(data) as Chunk;
        if (error !== undefined) {
          end = "broke off";
          await model.refuse(limit, streamTrouble(error));
          break;
        }
        if (choices?.[0]?.finish_reason === "length") end = "cut at the limit of output tokens";
        // Of a provider with credits of its own, usage tells model tokens alone.
        const isInUsage = model.tier()?.metric !== "credits";
        cost = usage?.api_tokens ?? (isInUsage ? usage?.total_tokens : undefined) ?? cost;
        content += choices?.[0]?.delta?.content ?? "";
        theirs.words.data = content;
        log.scrollTop = log.scrollHeight;
      }
    } catch {
      end = signal.aborted ? "stopped" : "broke off";
    }
    state.textContent = content === "" ? end || "The model answered without a word." : "";
    if (content === "") theirs.box.remove();
    theirs.foot.textContent = [id, reportOf(response, model.tier(), cost), end].filter(Boolean).join(" · ");
    log.scrollTop = log.scrollHeight;
    return content;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const content = text.value.trim();
    if (content !== "" && running === undefined) void say(content);
  });
  text.addEventListener("keydown", (event) => {
    // Enter that ends a word of an input method sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  stop.addEventListener("click", () => running?.abort());
  anew.addEventListener("click", () => {
    turns = [];
    log.replaceChildren();
    limit.replaceChildren();
    anew.hidden = true;
    text.focus();
  });
}
