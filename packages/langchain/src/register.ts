import { MODEL_PROVIDER_CONFIG } from "langchain/chat_models/universal";
import { ChatLaplas, type ChatLaplasFields, InvalidOptionsError } from "./index.js";

/*
 * LangChain has no way to add a provider: it imports a package by name, from where it is installed itself, which pnpm and
 * bundlers don't resolve. So the "package" is a module of one line that hands over this program's own class: another copy
 * would keep an account of its own. Its list of `"provider:"` prefixes is a private copy and can't be added to.
 */
const HANDOVER = "laplas.langchain.ChatLaplas";

/** What LangGraph keeps in `configurable`, all of which initChatModel hands on where `configurableFields` is "any". */
const LANGGRAPH_KEY = /^(?:__pregel_|checkpoint_|langgraph_)|^(?:thread|run|assistant|graph)_id$/;

/** Stands where initChatModel makes a model before a call has named one. */
class UnnamedModel extends ChatLaplas {
  constructor(fields: ChatLaplasFields) {
    super({ ...fields, model: "(named by the call)" });
  }

  override invocationParams(): never {
    throw new InvalidOptionsError(
      'No model is named. Name one for initChatModel, or in the call: { configurable: { model: "gpt-4o-mini" } }.',
    );
  }
}

/** Called with `new`, as LangChain calls classes. */
function make(given: ChatLaplasFields): ChatLaplas {
  const fields: ChatLaplasFields = Object.fromEntries(
    Object.entries(given).filter(([name]) => !LANGGRAPH_KEY.test(name)),
  );
  return (fields.model ?? fields.modelName) === undefined ? new UnnamedModel(fields) : new ChatLaplas(fields);
}

Object.defineProperty(globalThis, Symbol.for(HANDOVER), { value: make, configurable: true });

Object.assign(MODEL_PROVIDER_CONFIG, {
  laplas: {
    package: `data:text/javascript,export const ChatLaplas = globalThis[Symbol.for(${JSON.stringify(HANDOVER)})];`,
    className: "ChatLaplas",
  },
});
