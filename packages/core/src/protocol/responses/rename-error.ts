import type { WireError } from "../../errors/wire-error.js";
import { renameFields } from "../rename-error.js";
import type { ReadResponses } from "./read-responses.js";

/** The engine's names of what has another here. */
const NAMES: Readonly<Record<string, string>> = {
  messages: "input",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  reasoning_effort: "reasoning.effort",
  response_format: "text.format",
  verbosity: "text.verbosity",
  image_url: "input_image",
};
const MESSAGE = /\bmessages\[(\d+)\](\.content\b)?/g;
const TOOL = /\btools\[(\d+)\](\.function\b)?/g;

/** An error in the words of Responses. */
export function renameError(error: WireError, { chat, places, table }: ReadResponses): WireError {
  const messages = chat.messages as readonly { readonly role: string }[];
  const messagePlace = (found: string, index: string, content = ""): string => {
    const place = places[Number(index)];
    if (place === undefined) return found;
    if (!place.startsWith("input[")) return place;
    return place + (messages[Number(index)]?.role === "tool" && content !== "" ? ".output" : content);
  };
  return renameFields(error, NAMES, (text) =>
    text.replace(MESSAGE, messagePlace).replace(TOOL, (found, index: string) => table.places[Number(index)] ?? found),
  );
}
