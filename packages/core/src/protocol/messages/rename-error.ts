import type { WireError } from "../../errors/wire-error.js";
import { renameFields } from "../rename-error.js";
import type { MessagesRequest } from "./read-messages-request.js";

/** The engine's names of what has another here. */
const NAMES: Readonly<Record<string, string>> = {
  stop: "stop_sequences",
  max_completion_tokens: "max_tokens",
  reasoning_effort: "output_config.effort",
  response_format: "output_config.format",
  parallel_tool_calls: "tool_choice.disable_parallel_tool_use",
  image_url: "image",
};
const MESSAGE = /\bmessages\[(\d+)\](\.(?:content|tool_calls)\b(?:\[\d+\])?)?/g;
const TOOL = /\btools\[(\d+)\](?:\.function\b)?(\.parameters\b)?/g;

/** An error in the words of Messages. */
export function renameError(
  error: WireError,
  { messagePlaces, toolPlaces }: Pick<MessagesRequest, "messagePlaces" | "toolPlaces">,
): WireError {
  return renameFields(error, NAMES, (text) =>
    text
      .replace(MESSAGE, (found, index: string, within?: string) => {
        const place = messagePlaces[Number(index)];
        if (place === undefined) return found;
        // Blocks were left out, or put together: the number within says nothing to the client.
        return within === undefined || place === "system" ? place : `${place}.content`;
      })
      .replace(TOOL, (found, index: string, schema?: string) => {
        const place = toolPlaces[Number(index)];
        return place === undefined ? found : `${place}${schema === undefined ? "" : ".input_schema"}`;
      }),
  );
}
