import type { Sandbox } from "../index.js";
import { eventsOf, post } from "./client.js";

export const mark = "<<<CONTINUE>>>";
export const endMark = "<<<COMPLETE>>>";

/** A cut answer as a client sees it. */
export interface Part {
  status: number;
  content: string;
  reasoning: string;
  /** Arguments of the last call. */
  call: string | undefined;
  finishReason: string;
  error: string | undefined;
}

/** A chat body, as a test writes it. */
interface Body {
  stream?: boolean;
  [key: string]: unknown;
}

/** The instruction of the contract, in words that a client may choose. */
export function instruction(anchor: string): string {
  return `Your answer was cut. Begin with ${mark}, then repeat <end>${anchor}</end> exactly and go on. If nothing is missing, write only ${endMark}.`;
}

/** The messages of a follow-up. */
export function followUp(messages: readonly object[], soFar: string, anchorLength = 40): object[] {
  const said = soFar.trimEnd();
  const anchor = said.slice(-anchorLength);
  return [...messages, { role: "assistant", content: said }, { role: "user", content: instruction(anchor) }];
}

/** One answer, whole or streamed. */
export async function part(sandbox: Sandbox, body: Body): Promise<Part> {
  const reply = await post(sandbox, "/chat/completions", body);
  const error = reply.status === 201 ? undefined : reply.json?.message;
  if (error !== undefined || !body.stream) {
    const choice = reply.json?.choices?.[0];
    return {
      status: reply.status,
      content: choice?.message.content ?? "",
      reasoning: choice?.message.reasoning_content ?? "",
      call: choice?.message.tool_calls?.at(-1)?.function.arguments,
      finishReason: choice?.finish_reason ?? "",
      error,
    };
  }
  const seen: Part = { status: 201, content: "", reasoning: "", call: undefined, finishReason: "", error };
  for (const event of eventsOf(reply.text)) {
    if (event === "[DONE]") continue;
    const choice = JSON.parse(event).choices[0];
    if (!choice) continue;
    seen.content += choice.delta.content ?? "";
    seen.reasoning += choice.delta.reasoning_content ?? "";
    for (const call of choice.delta.tool_calls ?? []) seen.call = (seen.call ?? "") + (call.function.arguments ?? "");
    seen.finishReason = choice.finish_reason ?? seen.finishReason;
  }
  return seen;
}

/** Joins as the simplest client would that is asked for nothing: what stands behind the mark and the echo. */
export async function askOn(sandbox: Sandbox, body: Body & { messages: object[] }, most = 40): Promise<string> {
  const first = await part(sandbox, body);
  let text = first.call ?? first.content;
  let { finishReason } = first;
  for (let index = 0; index < most && finishReason === "length"; index += 1) {
    const messages = followUp(body.messages, text);
    const anchor = text.trimEnd().slice(-40);
    const next = await part(sandbox, { ...body, messages });
    if (next.status !== 201) throw new Error(next.error);
    if (next.content === endMark) return text;
    const lead = `${mark}\n${anchor}`;
    if (!next.content.startsWith(lead)) throw new Error(`part ${index + 2} begins with ${next.content.slice(0, 80)}`);
    text = text.trimEnd() + next.content.slice(lead.length);
    finishReason = next.finishReason;
  }
  return text;
}
