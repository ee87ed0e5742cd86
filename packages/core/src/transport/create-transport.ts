import { createFetchTransport } from "./fetch-transport.js";
import type { Transport } from "./transport.js";

/**
 * The caller's `fetch` if there is one, else undici on Node, else the platform's `fetch`. undici is loaded with the first
 * request, by a name of the package's own: bundles for other platforms (browsers, workers, edges) get an empty module for it.
 */
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
  try {
    const undici = await import("#undici");
    // Bun has an "undici" of its own, without this (1.4.5).
    if (typeof undici.Agent?.prototype.dispatch === "function") {
      const { createUndiciTransport } = await import("./undici-transport.js");
      return createUndiciTransport(undici);
    }
  } catch {
    // Bundled without it: the platform's own client does the same, slower.
  }
  return createFetchTransport((input, init) => globalThis.fetch(input, init));
}
