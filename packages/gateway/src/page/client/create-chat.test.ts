import { describe, expect, it } from "vitest";
import type { Answer, Exchange } from "./conversation.js";
import { canGoOn, chatBody, NO_SETTINGS } from "./conversation.js";
import { type ChatState, createChat } from "./create-chat.js";
import type { Played } from "./play-call.js";
import { NOTHING_KNOWN, type Trouble } from "./trouble.js";

type Piece = { readonly text?: string; readonly thoughts?: string; readonly reason?: string; readonly tokens?: number };

/** A stream of these pieces: whole with `[DONE]`, else it breaks off, or lasts until its caller leaves. */
function stream(pieces: readonly Piece[], ending: "done" | "broken" | AbortSignal = "done", headers = {}): Response {
  const events = pieces.map(({ text, thoughts, reason, tokens }) => {
    const choices = [{ delta: { content: text, reasoning_content: thoughts }, finish_reason: reason ?? null }];
    return `data: ${JSON.stringify({ choices, usage: tokens === undefined ? null : { api_tokens: tokens } })}\n\n`;
  });
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const event of events) controller.enqueue(new TextEncoder().encode(event));
      if (ending === "done") controller.enqueue(new TextEncoder().encode("data: [DONE]\n\n"));
      if (typeof ending === "string") controller.close();
      else ending.addEventListener("abort", () => controller.error(ending.reason));
    },
  });
  return new Response(body, { headers });
}

const answered = (response: Response): Played => ({ ok: true, response });
const refused = (trouble: Partial<Trouble> = {}): Played => ({ ok: false, trouble: { ...NOTHING_KNOWN, ...trouble } });

/** A chat whose calls are answered in this order. */
function setUp(...answers: readonly ((signal: AbortSignal) => Played | Promise<Played>)[]) {
  const bodies: object[] = [];
  const troubles: Trouble[] = [];
  const states: ChatState[] = [];
  const left = [...answers];
  const chat = createChat({
    model: async () => "gpt-4o-mini",
    async play(body, _onWait, signal) {
      bodies.push(body);
      const next = left.shift();
      if (next === undefined) throw new TypeError("nothing more was to be asked");
      return next(signal);
    },
    async refuse(trouble) {
      troubles.push(trouble);
    },
    onAsk() {},
    async onAnswer() {},
    isPaidInTokens: () => false,
  });
  chat.state.listen(() => states.push(chat.state.get()));
  const send = (text: string): Promise<void> => {
    chat.write(text);
    return chat.send();
  };
  const last = (): Answer | undefined => chat.state.get().exchanges.at(-1)?.answer;
  return { chat, bodies, troubles, states, send, last };
}

const BEGUN = "The harbor had 12 ships on Monday, and one of them was painted red by thr";
const ECHO = "<<<CONTINUE>>>\nand one of them was painted red by three sailors.";

describe("a chat", () => {
  it("asks with all that was said, and adds what came", async () => {
    const { send, bodies, last, chat } = setUp(
      () => answered(stream([{ thoughts: "Hm" }, { text: "Sa" }, { text: "lt.", reason: "stop" }, { tokens: 16 }])),
      () =>
        answered(stream([{ text: "Yes.", reason: "stop" }], "done", { "x-laplas-adjusted": "max_tokens=512, n=1" })),
    );
    await send(" What is in the sea? ");
    expect(last()).toMatchObject({ text: "Salt.", thoughts: "Hm", end: "whole", cost: 16, parts: 1 });
    await send("Much?");
    expect(bodies[1]).toMatchObject({
      messages: [
        { role: "user", content: "What is in the sea?" },
        { role: "assistant", content: "Salt." },
        { role: "user", content: "Much?" },
      ],
    });
    expect(last()).toMatchObject({ limit: 512, notes: ["n → 1"], cost: undefined });
    expect(chat.state.get()).toMatchObject({ draft: "", running: undefined, note: "" });
  });

  it("gives a question back that is refused, unless something else stands in the field by then", async () => {
    const { send, chat, troubles } = setUp(
      () => refused({ code: "daily_quota" }),
      () => {
        chat.write("Another");
        return refused();
      },
    );
    await send("Hello");
    expect(chat.state.get()).toMatchObject({ exchanges: [], draft: "Hello" });
    expect(troubles).toMatchObject([{ code: "daily_quota" }]);
    await send("Hello");
    expect(chat.state.get().draft).toBe("Another");
  });

  it("keeps no answer without a word, and says how it came about", async () => {
    const { send, chat } = setUp(
      () => answered(stream([{ reason: "stop" }])),
      () => answered(stream([{ thoughts: "On and on", reason: "length" }])),
      () => answered(stream([{ text: "  " }], "broken")),
    );
    const notes = [];
    for (let time = 0; time < 3; time += 1) {
      await send("Hello");
      expect(chat.state.get()).toMatchObject({ exchanges: [], draft: "Hello" });
      notes.push(chat.state.get().note);
    }
    expect(notes).toEqual([
      "The model answered without a word.",
      "The model thought until its tokens were used up, and said nothing.",
      "The answer broke off before its first word.",
    ]);
  });

  it("says which request's cost no usage told, beside the cost of the parts before", async () => {
    const headers = { "x-request-id": "second" };
    const { send, chat, last, states } = setUp(
      () => answered(stream([{ text: BEGUN, reason: "length" }, { tokens: 16 }], "done", { "x-request-id": "first" })),
      (signal) => answered(stream([{ text: ECHO }], signal, headers)),
    );
    await send("Hello");
    expect(last()).toMatchObject({ cost: 16, uncounted: undefined });
    const rest = chat.goOn();
    await expect.poll(() => states.at(-1)?.exchanges.at(-1)?.answer?.parts).toBe(2);
    chat.stop();
    await rest;
    expect(last()).toMatchObject({ end: "stopped", cost: 16, uncounted: "second" });
  });

  it("keeps what came of an answer that was stopped or broke off", async () => {
    const { send, chat, last, states } = setUp(
      (signal) => answered(stream([{ text: "Half a" }], signal)),
      () => answered(stream([{ text: "Half a" }], "broken")),
    );
    const first = send("Hello");
    await expect.poll(() => states.at(-1)?.exchanges.at(-1)?.answer?.text).toBe("Half a");
    chat.stop();
    await first;
    expect(last()).toMatchObject({ text: "Half a", end: "stopped" });
    await send("Hello");
    expect(last()).toMatchObject({ text: "Half a", end: "broken" });
  });

  it("gives back what is stopped while it waits", async () => {
    const { send, chat, bodies } = setUp(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    const first = send("Hello");
    await expect.poll(() => chat.state.get().exchanges.length).toBe(1);
    // One at a time.
    await chat.regenerate();
    chat.clear();
    expect(chat.state.get().exchanges).toHaveLength(1);
    chat.stop();
    await first;
    expect(chat.state.get()).toMatchObject({ exchanges: [], draft: "Hello", note: "stopped", running: undefined });
    expect(bodies).toHaveLength(1);
  });

  it("asks the last question anew, without the answer that it had", async () => {
    const { send, chat, bodies, last } = setUp(
      () => answered(stream([{ text: "One.", reason: "stop" }])),
      () => answered(stream([{ text: "Two.", reason: "stop" }])),
      () => refused(),
    );
    await send("Hello");
    await chat.regenerate();
    expect(bodies[1]).toEqual(bodies[0]);
    expect(last()?.text).toBe("Two.");
    await chat.regenerate();
    expect(last()?.text).toBe("Two.");
  });

  it("joins the rest of a cut answer, and adds its cost", async () => {
    const { send, chat, bodies, last, states } = setUp(
      () => answered(stream([{ text: BEGUN, reason: "length", tokens: 500 }])),
      () => answered(stream([{ text: ECHO.slice(0, 30) }, { text: ECHO.slice(30), reason: "stop", tokens: 40 }])),
    );
    await send("Tell me of the harbor.");
    expect(last()?.end).toBe("cut");
    const before = states.length;
    await chat.goOn();
    expect(bodies[1]).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant", content: BEGUN }, { role: "user" }],
    });
    expect(last()).toMatchObject({ text: `${BEGUN}ee sailors.`, end: "whole", cost: 540, parts: 2 });
    // Nobody ever sees the echo.
    for (const { exchanges } of states.slice(before)) expect(exchanges.at(-1)?.answer?.text).not.toMatch(/CONTINUE/);
  });

  it("leaves an answer as it is where the model says nothing more, goes astray, or repeats itself", async () => {
    const loop = "ha ".repeat(200);
    const { send, chat, last, bodies } = setUp(
      () => answered(stream([{ text: BEGUN, reason: "length" }])),
      () => answered(stream([{ text: "The harbor had 12 ships on Monday. Blue.", reason: "stop" }])),
      () => answered(stream([{ text: "<<<COMPLETE>>>", reason: "stop" }])),
      () => answered(stream([{ text: loop, reason: "length" }])),
    );
    await send("Tell me of the harbor.");
    await chat.goOn();
    expect(last()).toMatchObject({ text: BEGUN, end: "cut", isAstray: true });
    expect(chat.state.get().note).toMatch(/did not go on/);
    await chat.goOn();
    expect(JSON.stringify(bodies[2])).not.toBe(JSON.stringify(bodies[1]));
    expect(last()).toMatchObject({ text: BEGUN, end: "whole" });
    await send("Laugh.");
    await chat.goOn();
    expect(last()?.text).toBe(loop);
    expect(chat.state.get().note).toMatch(/repetition/);
  });
});

describe("a conversation", () => {
  const answer: Answer = {
    model: "m",
    text: "Hi",
    thoughts: "secret",
    end: "whole",
    cost: undefined,
    uncounted: undefined,
    parts: 1,
    limit: undefined,
    notes: [],
    isAstray: false,
  };

  it("goes out with its settings, without thoughts and without answers that hold nothing", () => {
    const exchanges: Exchange[] = [
      { id: 1, question: "a", answer },
      { id: 2, question: "b", answer: { ...answer, text: " \n" } },
      { id: 3, question: "c", answer },
    ];
    const { messages, ...rest } = chatBody(exchanges, "m", { system: "Be brief.", temperature: 0 });
    expect(messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      "system: Be brief.",
      "user: a",
      "assistant: Hi",
      "user: b",
      "user: c",
    ]);
    expect(rest).toMatchObject({ model: "m", temperature: 0, stream: true });
    expect(chatBody(exchanges, "m", NO_SETTINGS)).not.toHaveProperty("temperature");
  });

  it("can go on from what ended early", () => {
    const ends = (["running", "whole", "cut", "stopped", "broken"] as const).filter((end) =>
      canGoOn({ ...answer, end }),
    );
    expect(ends).toEqual(["cut", "stopped", "broken"]);
    expect(canGoOn({ ...answer, end: "cut", text: " " })).toBe(false);
  });
});
