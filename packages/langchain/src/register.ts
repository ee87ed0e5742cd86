import { MODEL_PROVIDER_CONFIG } from "langchain/chat_models/universal";
import { ChatLaplas } from "./index.js";

/*
 * LangChain has no way to add a provider: it imports a package by name, from where it is installed itself, which pnpm and
 * bundlers don't resolve. So the "package" is a module of one line that hands over this program's own class: another copy
 * would keep an account of its own. Its list of `"provider:"` prefixes is a private copy and can't be added to.
 */
const HANDOVER = "laplas.langchain.ChatLaplas";

Object.defineProperty(globalThis, Symbol.for(HANDOVER), { value: ChatLaplas, configurable: true });

Object.assign(MODEL_PROVIDER_CONFIG, {
  laplas: {
    package: `data:text/javascript,export const ChatLaplas = globalThis[Symbol.for(${JSON.stringify(HANDOVER)})];`,
    className: "ChatLaplas",
  },
});
