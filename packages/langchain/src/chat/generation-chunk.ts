import { type AIMessageChunk, isAIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import { LaplasMessageChunk } from "../messages/laplas-message-chunk.js";

/**
 * A chunk of a stream. LangChain adds all of them up for its callbacks, one by one, and core's own sum makes a whole message each time.
 * This one is put together once: with the last chunk, the only one that has `generationInfo`, or when somebody reads it before.
 */
export class LaplasGenerationChunk extends ChatGenerationChunk {
  override concat(chunk: ChatGenerationChunk): ChatGenerationChunk {
    return addUp([this, chunk]);
  }
}

/** The first chunks of a stream. It is made without core's constructor, whose fields would hide the getters. */
class UnreadSum extends ChatGenerationChunk {
  /** Shared with the sums before and after it. */
  declare readonly chunks: ChatGenerationChunk[];
  /** How many of them are its own. */
  declare readonly count: number;

  static of(chunks: ChatGenerationChunk[]): UnreadSum {
    return Object.assign(Object.create(UnreadSum.prototype), { chunks, count: chunks.length });
  }

  override concat(chunk: ChatGenerationChunk): ChatGenerationChunk {
    const isNewest = this.chunks.length === this.count;
    const chunks = isNewest ? this.chunks : this.chunks.slice(0, this.count);
    chunks.push(chunk);
    return addUp(chunks);
  }

  toJSON(): object {
    return { ...read(this) };
  }

  static {
    for (const name of ["text", "message", "generationInfo"] as const) {
      Object.defineProperty(UnreadSum.prototype, name, {
        get(this: UnreadSum) {
          return read(this)[name];
        },
      });
    }
  }
}

function read({ chunks, count }: UnreadSum): ChatGenerationChunk {
  return putTogether(chunks.slice(0, count));
}

function addUp(chunks: ChatGenerationChunk[]): ChatGenerationChunk {
  return chunks.at(-1)?.generationInfo === undefined ? UnreadSum.of(chunks) : putTogether(chunks);
}

/** As core adds them up, but with plain texts joined before. */
function putTogether(chunks: readonly ChatGenerationChunk[]): ChatGenerationChunk {
  const [first, ...others] = chunks;
  let message = first?.message as AIMessageChunk;
  let text = "";
  for (const { message: next } of others) {
    if (typeof message.content === "string" && isPlainText(next, message.id)) text += next.content;
    else {
      message = withText(message, text).concat(next as AIMessageChunk);
      text = "";
    }
  }
  return new LaplasGenerationChunk({
    text: chunks.map((chunk) => chunk.text).join(""),
    message: withText(message, text),
    generationInfo: Object.assign({}, ...chunks.map(({ generationInfo }) => generationInfo)),
  });
}

function withText(message: AIMessageChunk, text: string): AIMessageChunk {
  return text === "" ? message : message.concat(new LaplasMessageChunk({ content: text }));
}

/** Whether a chunk adds its text to the message and nothing else. */
function isPlainText(message: ChatGenerationChunk["message"], id: string | undefined): boolean {
  return (
    typeof message.content === "string" &&
    isAIMessageChunk(message) &&
    (message.id === undefined || message.id === id) &&
    message.tool_call_chunks?.length === 0 &&
    message.usage_metadata === undefined &&
    isEmpty(message.additional_kwargs) &&
    isEmpty(message.response_metadata)
  );
}

function isEmpty(fields: object): boolean {
  for (const _ in fields) return false;
  return true;
}
