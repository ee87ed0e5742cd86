import type { ChatCapabilities, ChatModel, Dialect, ModelRates } from "../../catalog/model.js";
import type { ChatModelId } from "./model-id.js";

/** A built-in chat model in one line: what differs from its dialect's usual model. A pair reads [input, output]. */
export interface ChatModelLine extends Partial<ChatCapabilities> {
  readonly aliases?: readonly ChatModelId[];
  /** @default the id without its vendor prefix */
  readonly label?: string;
  readonly contextTokens?: number;
  readonly rates?: ModelRates;
  readonly hello?: readonly [input: number, output: number];
}

/** Returns the constructor of one dialect's models: the dialect says what its models usually can. */
export function defineChatModels(
  dialect: Dialect,
  usual: Omit<ChatCapabilities, "extraFields">,
): (vendor: string, id: ChatModelId, line?: ChatModelLine) => ChatModel {
  return (vendor, id, line = {}) => {
    const { aliases = [], label = id.slice(id.indexOf("/") + 1), contextTokens, rates, hello, ...differing } = line;
    return {
      id,
      aliases,
      label,
      vendor,
      modality: "chat",
      dialect,
      // What the server does with fields that its schemas of 2025-04-16 do not list is not published.
      capabilities: { extraFields: "dropped", ...usual, ...differing },
      ...(contextTokens !== undefined && { contextTokens }),
      ...(rates && { rates }),
      ...(hello && { hello: { input: hello[0], output: hello[1] } }),
    };
  };
}
