import type { AIMessage, AIMessageChunk, ContentBlock, InvalidToolCall } from "@langchain/core/messages";

/** As `response_metadata.model_provider`. LangChain chooses by it how a message is read as content blocks. */
export type ModelProvider = "laplas" | "deepseek";

/**
 * Thoughts are shown under the name "deepseek": core's reader of that name puts `reasoning_content` into a reasoning block,
 * also in a program that loads a stored message and has never heard of this package.
 */
export function modelProvider(reasons: boolean): ModelProvider {
  return reasons ? "deepseek" : "laplas";
}

type Translator = (message: AIMessage | AIMessageChunk) => ContentBlock.Standard[];
interface TranslatorRegistry {
  has(provider: string): boolean;
  set(provider: string, translator: { translateContent: Translator; translateContentChunk: Translator }): unknown;
}

/**
 * Teaches core to read our messages. Without it core falls back to a reader that leaves the tool calls of a streamed
 * message out of its `contentBlocks` (core 1.2.8 to 1.4.0). The registry is core's own, made for several copies of it.
 */
export function registerTranslator(): void {
  const registry = (globalThis as { lc_block_translators_registry?: TranslatorRegistry }).lc_block_translators_registry;
  if (registry === undefined || registry.has("laplas")) return;
  registry.set("laplas", { translateContent: translate, translateContentChunk: translate });
}

function translate(message: AIMessage | AIMessageChunk): ContentBlock.Standard[] {
  const { content, additional_kwargs: extra, tool_calls: calls = [], invalid_tool_calls: invalid = [] } = message;
  const said: ContentBlock.Standard[] =
    typeof content !== "string"
      ? (content as ContentBlock.Standard[])
      : content === ""
        ? []
        : [{ type: "text", text: content }];
  const { reasoning_content: reasoning } = extra;
  const listed = new Set(said.map((block) => (/^(?:invalid_)?tool_call$/.test(block.type) ? block.id : undefined)));
  return [
    ...(typeof reasoning === "string" && reasoning !== "" ? [{ type: "reasoning" as const, reasoning }] : []),
    ...said,
    ...calls
      .filter((call) => call.id === undefined || !listed.has(call.id))
      .map((call) => ({
        type: "tool_call" as const,
        ...(call.id === undefined ? {} : { id: call.id }),
        name: call.name,
        args: call.args,
      })),
    ...invalid.filter(({ id }) => id === undefined || !listed.has(id)).map(toInvalidBlock),
  ];
}

function toInvalidBlock({ id, name, args, error }: InvalidToolCall): ContentBlock.Standard {
  const block = { type: "invalid_tool_call" as const, ...(id === undefined ? {} : { id }), name, args, error };
  return block as ContentBlock.Standard;
}
