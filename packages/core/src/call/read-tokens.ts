import type { Adjustment } from "../request/adjustment.js";
import { decodeTokens, loadTokenTable, takesNoTokens, tokenInput } from "../request/decode-tokens.js";
import type { Endpoint } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";

/** The same words: nothing in the answer differs. */
export const TOKENS_AS_TEXT: Adjustment = { field: "input", to: "input=text", rule: "dialect" };

/**
 * An embedding's body with texts in place of token ids, which LangChain Python's `OpenAIEmbeddings` sends by default. Any other body is
 * returned as it is.
 *
 * @throws FatalUpstreamError `invalid_request` for ids that are no text, or of a model that has other tokens
 */
export async function readTokens(
  { options: { catalog } }: Pick<CallContext, "options">,
  endpoint: Endpoint,
  body: unknown,
): Promise<unknown> {
  const input = endpoint === "embedding" ? tokenInput(body) : undefined;
  const { model } = (body ?? {}) as { model?: unknown };
  if (input === undefined || typeof model !== "string") return body;
  const found = catalog.find(model);
  const isRead =
    found.kind === "model" && found.model.modality === "embedding" && found.model.embedding.tokens !== undefined;
  const table = isRead ? await loadTokenTable() : undefined;
  if (table === undefined) throw takesNoTokens(model);
  const texts = input.items.map(({ value, place }) =>
    Array.isArray(value) ? decodeTokens(value, table, place) : value,
  );
  return { ...(body as JsonObject), input: input.isLone ? texts[0] : texts };
}
