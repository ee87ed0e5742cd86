import fc from "fast-check";
import type { AnswerReader, AnswerTransform } from "../dialect/dialect.js";
import type { ChatCompletion, ChatCompletionChunk, ChatDelta, ToolCall } from "../request/wire-types.js";

/** What one choice of an answer says. */
export interface Said {
  readonly content?: string | null;
  readonly calls?: readonly (readonly [name: string, json: string])[];
  readonly reason?: string;
}

/** An answer as a server gives it whole. */
export function wholeAnswer(...choices: readonly Said[]): ChatCompletion {
  return {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: choices.map(({ content = null, calls, reason = calls === undefined ? "stop" : "tool_calls" }, index) => ({
      index,
      message: {
        role: "assistant",
        content,
        ...(calls === undefined ? {} : { tool_calls: calls.map(([name, json], place) => callOf(name, json, place)) }),
      },
      finish_reason: reason,
    })),
  };
}

function callOf(name: string, json: string, place: number): ToolCall {
  return { id: `call_${place}`, type: "function", function: { name, arguments: json } };
}

/** The same as a stream, cut anywhere, with the choices mixed. */
export function cutAnswer({ choices, ...head }: ChatCompletion): fc.Arbitrary<readonly ChatCompletionChunk[]> {
  const streams = choices.map(({ index, message, finish_reason: reason }) =>
    fc.tuple(cutText(message.content ?? ""), ...(message.tool_calls ?? []).map(cutCall)).map(([texts, ...calls]) => {
      const deltas: ChatDelta[] = [
        { role: "assistant", content: "" },
        ...texts.map((content) => ({ content })),
        ...calls.flatMap((pieces, place) => pieces.map((piece) => ({ tool_calls: [{ index: place, ...piece }] }))),
      ];
      const said = deltas.map((delta) => ({ index, delta, finish_reason: null as string | null }));
      return [...said, { index, delta: {}, finish_reason: reason }];
    }),
  );
  return fc
    .tuple(fc.tuple(...streams), fc.infiniteStream(fc.nat()))
    .map(([queues, turns]) =>
      mixed(queues, turns).map((choice) => ({ ...head, object: "chat.completion.chunk", choices: [choice] })),
    );
}

function mixed<Item>(queues: readonly (readonly Item[])[], turns: Iterator<number>): Item[] {
  const open = queues.map((queue) => [...queue]).filter((queue) => queue.length > 0);
  const all: Item[] = [];
  while (open.length > 0) {
    const place = turns.next().value % open.length;
    all.push(...(open[place]?.splice(0, 1) ?? []));
    if (open[place]?.length === 0) open.splice(place, 1);
  }
  return all;
}

function cutText(text: string): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.nat({ max: text.length }), { maxLength: 8 }).map((cuts) => {
    const ends = [...new Set([...cuts, text.length])].sort((one, other) => one - other);
    return ends.map((end, place) => text.slice(ends[place - 1] ?? 0, end)).filter(Boolean);
  });
}

function cutCall({
  id,
  type,
  function: { name, arguments: json },
}: ToolCall): fc.Arbitrary<readonly Partial<CallPiece>[]> {
  return cutText(json).map((pieces) => [
    { id, type, function: { name, arguments: "" } },
    ...pieces.map((piece) => ({ function: { arguments: piece } })),
  ]);
}
type CallPiece = Omit<NonNullable<ChatDelta["tool_calls"]>[number], "index">;

/** A transform at work on a server that speaks OpenAI's shape. */
export function readThrough(...transforms: readonly AnswerTransform[]) {
  const server: AnswerReader = {
    readAnswer: (answer) => answer,
    readStream: () => ({ read: (chunk) => chunk, end: () => undefined }),
  };
  const reader = transforms.reduce((inner, transform) => transform(inner), server);
  return {
    whole(answer: ChatCompletion) {
      const reported: string[] = [];
      const { choices } = reader.readAnswer(answer, ({ to }) => reported.push(to));
      return {
        choices: choices.map(({ message, finish_reason: reason }) => plain({ ...message, reason })),
        reported: unique(reported),
      };
    },
    streamed(chunks: readonly ChatCompletionChunk[]) {
      const reported: string[] = [];
      const stream = reader.readStream(({ to }) => reported.push(to));
      const read = [...chunks.map((chunk) => stream.read(chunk)), stream.end()];
      return { choices: collect(read), reported: unique(reported) };
    },
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}

interface Heard {
  content: string;
  refusal: string;
  reason: string | null;
  calls: Record<string, string>[];
  called: Record<string, string>;
}

/** What clients put together from a stream. An answer has one reason. */
function collect(chunks: readonly (ChatCompletionChunk | undefined)[]): Heard[] {
  const heard: Heard[] = [];
  for (const { index, delta, finish_reason: reason } of chunks.flatMap((chunk) => chunk?.choices ?? [])) {
    heard[index] ??= { content: "", refusal: "", reason: null, calls: [], called: {} };
    const one = heard[index];
    if (reason !== null && one.reason !== null) throw new Error("The answer ends twice.");
    one.reason ??= reason;
    one.content += delta.content ?? "";
    one.refusal += typeof delta.refusal === "string" ? delta.refusal : "";
    for (const { index: place, id, function: called } of delta.tool_calls ?? []) {
      one.calls[place] = added(one.calls[place] ?? {}, { id, ...called });
    }
    one.called = added(one.called, (delta.function_call ?? {}) as Record<string, string>);
  }
  return heard;
}

function added(before: Record<string, string>, more: Record<string, string | undefined>): Record<string, string> {
  const sum = { ...before };
  for (const [key, value] of Object.entries(more)) if (value !== undefined) sum[key] = (sum[key] ?? "") + value;
  return sum;
}

function plain({
  content,
  refusal,
  tool_calls: calls,
  reason,
  ...rest
}: ChatCompletion["choices"][number]["message"]): Heard {
  return {
    content: content ?? "",
    refusal: refusal ?? "",
    reason: (reason as string | null) ?? null,
    calls: (calls ?? []).map(({ id, function: called }) => ({ id, ...called })),
    called: { ...((rest.function_call ?? {}) as Record<string, string>) },
  };
}

/** Whether a stream says the same as the whole answer, wherever it is cut. */
export function sameHoweverCut(answer: ChatCompletion, ...transforms: readonly AnswerTransform[]): void {
  const reader = readThrough(...transforms);
  const whole = JSON.stringify(reader.whole(answer));
  fc.assert(
    fc.property(cutAnswer(answer), (chunks) => {
      const streamed = JSON.stringify(reader.streamed(chunks));
      if (streamed !== whole) throw new Error(`whole ${whole}, streamed ${streamed}`);
    }),
  );
}
