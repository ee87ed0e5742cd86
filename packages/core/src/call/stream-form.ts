import type { ChatCompletionChunk } from "../request/wire-types.js";

/**
 * What a door reads of each event: the chunk, or its text for doors that pass it on. Only that waits for a slow reader: text
 * takes a fifth of the memory of a parsed chunk.
 */
export interface StreamForm<Item> {
  /** @param raw as the server wrote it, where its shape is OpenAI's already */
  (chunk: ChatCompletionChunk, raw: string | undefined): Item;
  /** The same of an event that says more of the answer and nothing else, by its text alone. Without it every event is parsed. */
  readonly ofText?: ((raw: string) => Item) | undefined;
}

/** A form whose chunks are heard first. @param hearsWords also those that say more of the answer and nothing else */
export function hearingForm<Item>(
  form: StreamForm<Item>,
  hear: (chunk: ChatCompletionChunk) => void,
  hearsWords = false,
): StreamForm<Item> {
  const heard: StreamForm<Item> = (chunk, raw) => {
    hear(chunk);
    return form(chunk, raw);
  };
  return Object.assign(heard, hearsWords ? {} : { ofText: form.ofText });
}
