import { createAccount } from "./account/account.js";
import type { CallContext } from "./call/call-context.js";
import { createClosing } from "./closing.js";
import type { LaplasListener } from "./events.js";
import type { LedgerStore } from "./ledger/ledger-store.js";
import { openLedger } from "./ledger/open-ledger.js";
import type { ResolvedOptions } from "./options.js";
import { createPictures } from "./pictures/create-pictures.js";
import { createPool, type Pool } from "./route/pool.js";
import { NO_ROUTES, type Routes } from "./route/routes.js";
import { createTransport } from "./transport/create-transport.js";

/** The engine's parts and the listeners of its events. As one provider's it is that of the first. */
export interface EngineContext extends CallContext {
  readonly pool: Pool;
  readonly listeners: Set<LaplasListener>;
  close(): Promise<void>;
}

/** How long closing waits for calls that do not end, because nobody reads their streams. */
const CLOSE_MS = 2_000;

/** Warnings of this process, so that each is printed once, however many engines there are. */
const printed: Set<string> = new Set();

/**
 * @param options of the first provider; what all share, such as the ledger, is read from it
 * @param others of the other providers
 */
export function createContext(
  options: ResolvedOptions,
  others: readonly ResolvedOptions[] = [],
  routes: Routes = NO_ROUTES,
): EngineContext {
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
  const closing = createClosing();
  const closed = closing.signal;

  const ledger = (): Promise<LedgerStore> => {
    const { ledger: option, durability, now, environment } = options;
    // A file that could not be opened is tried again with the next call.
    store ??= openLedger({ ledger: option, durability, now, warn, environment }).catch((error: unknown) => {
      store = undefined;
      throw error;
    });
    return store;
  };
  const contextOf = (own: ResolvedOptions): CallContext => {
    const pictures = createPictures(own.baseURL, own.fetch);
    const account = createAccount({ options: own, ledger, closed, emit, warn });
    return { options: own, transport, pictures, account, closed, emit, warn };
  };
  const first = contextOf(options);
  const all = [first, ...others.map(contextOf)] as const;
  return {
    ...first,
    pool: createPool(all, routes),
    listeners,
    async close() {
      closing.close();
      for (const one of all) {
        one.options.catalog.close?.();
        one.account.wakeAll();
      }
      await Promise.all([transport.close(), ...all.map(({ pictures }) => pictures.close())]);
      // What was under way has broken off, and what waited has left; not written down, their slots would be taken for as long as
      // this process lives.
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([Promise.all(all.flatMap(({ account }) => [...account.activeCalls])), patience]);
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
