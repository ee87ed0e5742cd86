import type { Fault } from "@laplas/sandbox";

let count = 0;

/** LangGraph takes messages of one id for one message. */
function nextId(): string {
  count += 1;
  return `chatcmpl-scripted-${count}`;
}

/** A stream as an upstream writes it, to be met by the next request: for answers that the sandbox does not give by itself. */
export function streamOf(deltas: readonly object[], finishReason: string, usage?: object): Fault {
  const head = { id: nextId(), object: "chat.completion.chunk", created: 1, model: "scripted" };
  const chunks: object[] = deltas.map((delta) => ({ ...head, choices: [{ index: 0, delta, finish_reason: null }] }));
  chunks.push({ ...head, choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
  if (usage !== undefined) chunks.push({ ...head, choices: [], usage });
  const body = `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
  return { kind: "respond", status: 200, body, headers: { "content-type": "text/event-stream" } };
}

/** A whole answer, to be met by the next request. */
export function answerOf(message: object, finishReason: string, usage: object = { total_tokens: 10 }): Fault {
  return {
    kind: "respond",
    status: 201,
    body: {
      id: nextId(),
      object: "chat.completion",
      created: 1,
      model: "scripted",
      choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: finishReason }],
      usage,
    },
  };
}
