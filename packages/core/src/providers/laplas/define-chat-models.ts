import type { ChatCapabilities, ChatModel, Dialect } from "../../catalog/model.js";
import type { ChatModelId } from "./model-id.js";

/** A built-in chat model in one line: what differs from its dialect's usual model. Pairs read [input, output]. */
export interface ChatModelLine extends Partial<ChatCapabilities> {
  readonly aliases?: readonly ChatModelId[];
  /** @default the id without its vendor prefix */
  readonly label?: string;
  readonly contextTokens?: number;
  readonly rates?: readonly [input: number, output: number];
  readonly hello?: readonly [input: number, output: number];
}

const evidence =
  "Inferred from the usage published for the message Hello (documentation of 2025-04-16): model tokens x USD per million x 2.1.";

/** Returns the constructor of one dialect's models: the dialect says what its models usually can. */
export function defineChatModels(
  dialect: Dialect,
  usual: ChatCapabilities,
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
      capabilities: { ...usual, ...differing },
      ...(contextTokens !== undefined && { contextTokens }),
      ...(rates && { rates: { input: rates[0], output: rates[1], evidence } }),
      ...(hello && { hello: { input: hello[0], output: hello[1] } }),
    };
  };
}
