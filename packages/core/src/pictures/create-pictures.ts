import { importNode } from "../import-node.js";
import { fetchPicture, type Picture } from "./fetch-picture.js";
import type { PictureClient } from "./picture-client.js";
import { createIsPublic } from "./public-address.js";
import { createUndiciPictures } from "./undici-pictures.js";
import { createWebPictures } from "./web-pictures.js";

/** Fetches the pictures of answers. */
export interface Pictures {
  /** @throws PictureFault, or the signal's reason */
  fetch(address: string, signal: AbortSignal | undefined): Promise<Picture>;
  close(): Promise<void>;
}

/** Nothing is loaded or opened before the first picture. @param baseURL the provider's, whose origin may be private */
export function createPictures(baseURL: string, fetch: typeof globalThis.fetch | undefined): Pictures {
  const { origin } = new URL(baseURL);
  let made: Promise<PictureClient> | undefined;
  return {
    async fetch(address, signal) {
      made ??= fetch === undefined ? loadClient() : Promise.resolve(createWebPictures(fetch));
      return fetchPicture(await made, origin, address, signal);
    },
    close: async () => (await made)?.close(),
  };
}

async function loadClient(): Promise<PictureClient> {
  try {
    const [undici, dns, net] = await Promise.all([import("#undici"), importNode("node:dns"), importNode("node:net")]);
    // Bun has an "undici" of its own, without this (1.4.5), whose sockets ask no judge.
    if (typeof undici.Agent?.prototype.dispatch === "function") {
      return createUndiciPictures(undici, { isIP: net.isIP, isPublic: createIsPublic(net), lookup: dns.lookup });
    }
  } catch {
    // No Node, or bundled without undici.
  }
  return createWebPictures((input, init) => globalThis.fetch(input, init));
}
