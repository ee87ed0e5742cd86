import { createAccount } from "./account/account.js";
import type { CallContext } from "./call/call-context.js";
import { createClosing } from "./closing.js";
import type { LaplasListener } from "./events.js";
import type { LedgerStore } from "./ledger/ledger-store.js";
import { openLedger } from "./ledger/open-ledger.js";
import type { ResolvedOptions } from "./options.js";
import { createPictures } from "./pictures/create-pictures.js";
import { createTransport } from "./transport/create-transport.js";

/** The engine's parts and the listeners of its events. */
export interface EngineContext extends CallContext {
  readonly listeners: Set<LaplasListener>;
  close(): Promise<void>;
}

/** How long closing waits for calls that do not end, because nobody reads their streams. */
const CLOSE_MS = 2_000;

/** Warnings of this process, so that each is printed once, however many engines there are. */
const printed: Set<string> = new Set();

export function createContext(options: ResolvedOptions): EngineContext {
  const listeners: Set<LaplasListener> = new Set(options.onEvent === undefined ? [] : [options.onEvent]);
  let store: Promise<LedgerStore> | undefined;

  const emit: CallContext["emit"] = (event) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch {
        // Documented: a listener can't fail a call.
      }
    }
  };
  const warn = (message: string): void => {
    emit({ type: "warning", at: new Date(options.now()), message });
    if (!printed.has(message)) print(message);
    printed.add(message);
  };
  const transport = createTransport(options.fetch);
  const pictures = createPictures(options.baseURL, options.fetch);
  const closing = createClosing();

  const ledger = (): Promise<LedgerStore> => {
    const { ledger: option, durability, now, environment } = options;
    // A file that could not be opened is tried again with the next call.
    store ??= openLedger({ ledger: option, durability, now, warn, environment }).catch((error: unknown) => {
      store = undefined;
      throw error;
    });
    return store;
  };
  const account = createAccount({ options, ledger, closed: closing.signal, emit, warn });
  return {
    options,
    transport,
    pictures,
    account,
    closed: closing.signal,
    listeners,
    emit,
    warn,
    async close() {
      closing.close();
      options.catalog.close?.();
      account.wakeAll();
      await Promise.all([transport.close(), pictures.close()]);
      // What was under way has broken off, and what waited has left; not written down, their slots would be taken for as long as
      // this process lives.
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([Promise.all(account.activeCalls), patience]);
      clearTimeout(timer);
      // A store that was handed in belongs to who made it.
      if (typeof options.ledger !== "object") await (await store?.catch(() => undefined))?.close();
    },
  };
}

function print(message: string): void {
  try {
    if (typeof process !== "undefined" && typeof process.emitWarning === "function") {
      process.emitWarning(message, { type: "LaplasWarning" });
      return;
    }
  } catch {
    // Next.js' edge runtime has the function, which throws (16.4.6).
  }
  // biome-ignore lint/suspicious/noConsole: runtimes without process warnings have nothing else
  console.warn(message);
}
