import { type Answer, type ChatSettings, chatBody, type Exchange, NO_SETTINGS, withAnswer } from "./conversation.js";
import { loadLibrary } from "./load-library.js";
import { limitOf, notesOf, type Played } from "./play-call.js";
import { readAnswer } from "./read-answer.js";
import { createStore, type Store } from "./store.js";
import { throttle } from "./throttle.js";
import { type Trouble, UNREACHABLE } from "./trouble.js";

/** A conversation, and what goes on in it. */
export interface ChatState {
  readonly exchanges: readonly Exchange[];
  /** What stands in the field: a question that was not answered goes back there. */
  readonly draft: string;
  readonly settings: ChatSettings;
  /** What goes on, in words; `undefined` at rest. */
  readonly running: string | undefined;
  /** What came of the last attempt, in words. */
  readonly note: string;
}

/** A conversation with a model. Everything is asked one at a time; what is asked meanwhile is ignored. */
export interface Chat {
  readonly state: Store<ChatState>;
  write(draft: string): void;
  set(settings: ChatSettings): void;
  /** Asks what stands in the field. */
  send(): Promise<void>;
  /** Asks the last question once more. The answer before stays if none comes. */
  regenerate(): Promise<void>;
  /** Asks for the rest of the last answer, which it joins. */
  goOn(): Promise<void>;
  stop(): void;
  clear(): void;
}

/** What a conversation needs of the playground. */
export interface ChatOptions {
  /** The id of the chosen model; `undefined` where none can be had, which is shown elsewhere. */
  model(): Promise<string | undefined>;
  play(body: object, onWait: (words: string) => void, signal: AbortSignal): Promise<Played>;
  /** Shows why nothing, or no more, is answered. */
  refuse(trouble: Trouble): Promise<void>;
  /** Something is about to be asked, or was spent. */
  onAsk(): void;
  onAnswer(): Promise<void>;
  /** Whether model tokens are what is paid. */
  isPaidInTokens(): boolean;
}

/** Redrawing for every token would cost more than it shows. */
const DRAW_MS = 40;
const NO_WORD = "The model answered without a word.";
const ASTRAY = "The model did not go on where its answer ends. Continue asks more firmly.";
const LOOP = "This answer ends in a repetition: nothing would show where a continuation belongs.";

export function createChat(options: ChatOptions): Chat {
  const state = createStore<ChatState>({
    exchanges: [],
    draft: "",
    settings: NO_SETTINGS,
    running: undefined,
    note: "",
  });
  let running: AbortController | undefined;
  let lastId = 0;
  const change = (next: Partial<ChatState>): void => state.set({ ...state.get(), ...next });

  /** One request at a time, from first to last. */
  const run = async (ask: (model: string, signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (running !== undefined) return;
    const controller = new AbortController();
    running = controller;
    change({ running: "asking", note: "" });
    options.onAsk();
    try {
      const model = await options.model();
      if (model !== undefined) await ask(model, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      change({ note: "stopped" });
    } finally {
      running = undefined;
      change({ running: undefined });
      await options.onAnswer();
    }
  };

  /** Asks and draws. `toText` makes the whole text of what the model has said. */
  const answer = async (
    body: object,
    begun: Answer,
    toText: (said: string, piece: string) => string,
    signal: AbortSignal,
  ): Promise<Answer | undefined> => {
    const played = await options.play(body, (words) => change({ running: words }), signal);
    if (!played.ok) {
      await options.refuse(played.trouble);
      return undefined;
    }
    change({ running: "answering" });
    let shown = begun;
    let said = "";
    const draw = throttle(() => change({ exchanges: withAnswer(state.get().exchanges, shown) }), DRAW_MS);
    draw.now();
    const { response } = played;
    const { end, trouble, cost } = await readAnswer(
      response.body ?? new Blob().stream(),
      ({ text, thoughts }) => {
        said += text;
        shown = { ...shown, text: toText(said, text), thoughts: shown.thoughts + thoughts };
        draw.soon();
      },
      signal,
      options.isPaidInTokens(),
    );
    draw.cancel();
    if (trouble !== undefined) await options.refuse(trouble);
    const costs = [begun.cost, cost].filter((one) => one !== undefined);
    return {
      ...shown,
      end,
      cost: costs.length === 0 ? undefined : costs.reduce((sum, one) => sum + one),
      uncounted: cost === undefined ? (response.headers.get("x-request-id") ?? undefined) : undefined,
      limit: limitOf(response),
      notes: notesOf(response),
    };
  };

  const anew = async (model: string, signal: AbortSignal): Promise<Answer | undefined> => {
    const { exchanges, settings } = state.get();
    const begun: Answer = {
      model,
      text: "",
      thoughts: "",
      end: "running",
      cost: undefined,
      uncounted: undefined,
      parts: 1,
      limit: undefined,
      notes: [],
      isAstray: false,
    };
    const came = await answer(chatBody(exchanges, model, settings), begun, (said) => said, signal);
    if (came === undefined || came.text.trim() !== "") return came;
    change({ note: wordlessNote(came) });
    return undefined;
  };

  return {
    state,
    write: (draft) => change({ draft }),
    set: (settings) => change({ settings }),
    stop: () => running?.abort(),
    async send() {
      const { draft, exchanges } = state.get();
      const question = draft.trim();
      if (question === "") return;
      await run(async (model, signal) => {
        lastId += 1;
        change({ draft: "", exchanges: [...exchanges, { id: lastId, question, answer: undefined }] });
        let came: Answer | undefined;
        try {
          came = await anew(model, signal);
        } finally {
          if (came !== undefined) change({ exchanges: withAnswer(state.get().exchanges, came) });
          // An answer without a word is no turn.
          else change({ exchanges, draft: state.get().draft || question });
        }
      });
    },
    async regenerate() {
      const { exchanges } = state.get();
      if (exchanges.length === 0) return;
      await run(async (model, signal) => {
        let came: Answer | undefined;
        try {
          came = await anew(model, signal);
        } finally {
          change({ exchanges: came === undefined ? exchanges : withAnswer(exchanges, came) });
        }
      });
    },
    async goOn() {
      const { exchanges, settings } = state.get();
      const before = exchanges.at(-1)?.answer;
      if (before === undefined) return;
      await run(async (model, signal) => {
        const asked = chatBody(exchanges, model, settings);
        const library = await loadLibrary().catch(() => undefined);
        if (library === undefined) return options.refuse(UNREACHABLE);
        const continuation = library.continueText(asked, before.text, { insist: before.isAstray });
        if (continuation === undefined) return change({ note: LOOP });
        let came: Answer | undefined;
        try {
          const begun: Answer = { ...before, model, end: "running", parts: before.parts + 1 };
          came = await answer(continuation.body, begun, (_, piece) => continuation.read(piece), signal);
        } finally {
          if (came === undefined) change({ exchanges });
        }
        if (came === undefined) return;
        const { text, seam, isBroken } = continuation.end();
        const isAstray = seam === "none";
        const end = seam === "nothing_missing" ? "whole" : isAstray ? before.end : isBroken ? "cut" : came.end;
        change({
          exchanges: withAnswer(exchanges, { ...came, text, end, isAstray }),
          note: isAstray && came.end !== "stopped" ? ASTRAY : "",
        });
      });
    },
    clear() {
      if (running === undefined) change({ exchanges: [], note: "" });
    },
  };
}

function wordlessNote({ end, thoughts }: Answer): string {
  if (end === "stopped") return "stopped";
  if (end === "broken") return "The answer broke off before its first word.";
  return end === "cut" && thoughts !== ""
    ? "The model thought until its tokens were used up, and said nothing."
    : NO_WORD;
}
