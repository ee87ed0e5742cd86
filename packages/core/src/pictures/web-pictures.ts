import { PICTURE_HEADERS, type PictureClient, PictureFault } from "./picture-client.js";

/**
 * Fetches pictures by any `fetch`: the caller's own, or the platform's where there is no undici. Neither says which address it connects
 * to, so nothing is asked but the provider's own origin.
 */
export function createWebPictures(fetch: typeof globalThis.fetch): PictureClient {
  return {
    async get(url, isOwn, signal) {
      if (!isOwn)
        throw new PictureFault(
          "its server is not the provider's own, and what its name leads to can't be checked here",
        );
      // Of the options of a page, workerd refuses those that it does not know.
      const response = await fetch(url, {
        headers: PICTURE_HEADERS,
        redirect: "manual",
        signal,
      });
      // A page may not see where a redirect leads.
      if (response.type === "opaqueredirect")
        throw new PictureFault("its server redirects, which can't be checked here");
      const reader = response.body?.getReader();
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        pieces: {
          async *[Symbol.asyncIterator]() {
            for (let step = await reader?.read(); step?.done === false; step = await reader?.read()) yield step.value;
          },
        },
        cancel: () => void reader?.cancel().catch(() => {}),
      };
    },
    async close() {
      // `fetch` keeps no connection of its own.
    },
  };
}
