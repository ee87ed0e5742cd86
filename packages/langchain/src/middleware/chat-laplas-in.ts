import type { ChatLaplas } from "../chat/chat-laplas.js";

/** What LangChain wraps around a model: `.withConfig()` keeps it as `bound`, `initChatModel` makes it when it is asked. */
interface Wrapped {
  bound?: unknown;
  config?: Readonly<Record<string, unknown>>;
  _getModelInstance?: () => Promise<unknown>;
  _llmType?: () => string;
}

/** A ChatLaplas, and the options that were bound to it for each call. */
export interface FoundModel {
  readonly model: ChatLaplas;
  readonly bound: Readonly<Record<string, unknown>>;
}

/** The ChatLaplas inside whatever an agent has as its model; `undefined` for other vendors' models. */
export async function findChatLaplas(model: unknown): Promise<FoundModel | undefined> {
  let current: unknown = model;
  let bound: Readonly<Record<string, unknown>> = {};
  // A binding can bind a binding.
  for (let depth = 0; depth < 8 && typeof current === "object" && current !== null; depth += 1) {
    const wrapped: Wrapped = current;
    if (typeof wrapped._getModelInstance === "function") current = await wrapped._getModelInstance();
    // Not instanceof: two copies of this package may live in one program.
    else if (typeof wrapped._llmType === "function" && wrapped._llmType() === "laplas")
      return { model: current as ChatLaplas, bound };
    else {
      bound = { ...wrapped.config, ...bound };
      current = wrapped.bound;
    }
  }
  return undefined;
}

/** The same without what is bound. */
export async function chatLaplasIn(model: unknown): Promise<ChatLaplas | undefined> {
  return (await findChatLaplas(model))?.model;
}
