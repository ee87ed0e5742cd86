import type { ChatDelta } from "../../request/wire-types.js";
import { type AnswerSettings, callId, DIRECT } from "./write-message.js";

type CallPiece = NonNullable<ChatDelta["tool_calls"]>[number];
type Told = { readonly type: string } & Readonly<Record<string, unknown>>;
type Kind = "text" | "thinking";

/** The blocks of one answer's stream: one is open at a time, and their numbers have no gaps. */
export interface BlockWriter {
  say(kind: Kind, text: string): void;
  call(piece: CallPiece): void;
  end(): void;
}

/** A call as far as it has come. */
interface Call {
  id: string;
  name: string;
  /** What is not written yet. */
  text: string;
}

/**
 * A chat's pieces may come in any order, and pieces of a call that has begun may always follow. So the first call is written as it comes,
 * and what comes beside it waits for the end of the answer: words, then the other calls.
 */
export function createBlockWriter(
  message: string,
  { names }: Pick<AnswerSettings, "names">,
  tell: (event: Told) => void,
): BlockWriter {
  const calls = new Map<number, Call>();
  const late: [kind: Kind, text: string][] = [];
  let open: Kind | "tool_use" | undefined;
  let running: Call | undefined;
  let count = 0;

  const begin = (kind: NonNullable<typeof open>, block: object): void => {
    close();
    open = kind;
    tell({ type: "content_block_start", index: count, content_block: { type: kind, ...block } });
  };
  const add = (delta: Told): void => tell({ type: "content_block_delta", index: count, delta });
  const close = (): void => {
    if (open === undefined) return;
    if (open === "thinking") add({ type: "signature_delta", signature: "" });
    tell({ type: "content_block_stop", index: count });
    open = undefined;
    count += 1;
  };

  const write = (kind: Kind, text: string): void => {
    if (open !== kind) begin(kind, kind === "text" ? { text: "" } : { thinking: "", signature: "" });
    add(kind === "text" ? { type: "text_delta", text } : { type: "thinking_delta", thinking: text });
  };
  const beginCall = ({ id, name }: Call): void =>
    begin("tool_use", { id, caller: DIRECT, name: names.own(name), input: {} });
  const writeArguments = (call: Call): void => {
    if (call.text !== "") add({ type: "input_json_delta", partial_json: call.text });
    call.text = "";
  };

  return {
    say(kind, text) {
      if (running === undefined) write(kind, text);
      else late.push([kind, text]);
    },
    call({ index, id, function: called }) {
      const known = calls.get(index);
      const call = known ?? { id: callId(id, index, message), name: "", text: "" };
      calls.set(index, call);
      // Some servers repeat the name with every piece.
      call.name ||= called?.name ?? "";
      call.text += called?.arguments ?? "";
      if (running === undefined && call.name !== "") {
        running = call;
        beginCall(call);
      }
      if (running === call) writeArguments(call);
    },
    end() {
      for (const [kind, text] of late) write(kind, text);
      for (const call of calls.values()) {
        if (call === running) continue;
        beginCall(call);
        writeArguments(call);
      }
      if (open === undefined && count === 0) begin("text", { text: "" });
      close();
    },
  };
}
