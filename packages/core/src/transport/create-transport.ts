import { createFetchTransport } from "./fetch-transport.js";
import type { Transport } from "./transport.js";

/** The caller's `fetch` if there is one, else undici on Node, else the platform's `fetch`. undici is loaded with the first request. */
export function createTransport(fetch: typeof globalThis.fetch | undefined): Transport {
  let made: Promise<Transport> | undefined;
  const transport = (): Promise<Transport> => {
    made ??= fetch === undefined ? loadTransport() : Promise.resolve(createFetchTransport(fetch));
    return made;
  };
  return {
    send: async (request) => (await transport()).send(request),
    unref: () => void made?.then((ready) => ready.unref()),
    close: async () => (await made)?.close(),
  };
}

async function loadTransport(): Promise<Transport> {
  const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;
  if (isNode) {
    try {
      const undici = await import("undici");
      const { createUndiciTransport } = await import("./undici-transport.js");
      return createUndiciTransport(undici);
    } catch {
      // Bundled without it: the platform's own client does the same, slower.
    }
  }
  return createFetchTransport((input, init) => globalThis.fetch(input, init));
}
