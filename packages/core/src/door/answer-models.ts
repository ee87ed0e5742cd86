import type { CallContext } from "../call/call-context.js";
import { messageModel, messageModels } from "./message-models.js";
import { modelCards, oneModel } from "./model-list.js";

/**
 * The models, or the one that is named, in OpenAI's shape, or in Anthropic's for its clients.
 *
 * @param name as it stands in the path
 * @throws FatalLimitError `model_not_on_tier`
 */
export async function answerModels(
  { options, warn }: CallContext,
  { headers, url }: Pick<Request, "headers" | "url">,
  name: string | undefined,
): Promise<object> {
  const { catalog, tier, provider } = options;
  await catalog.ready?.(warn);
  const id = name === undefined ? undefined : decodeName(name);
  if (headers.has("anthropic-version")) {
    return id === undefined ? messageModels(options, new URL(url).searchParams) : messageModel(id, options);
  }
  return id === undefined
    ? { object: "list", data: modelCards(catalog, tier, provider.catalogDate) }
    : oneModel(id, options);
}

/** Ids hold slashes, and some clients escape them. */
function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
