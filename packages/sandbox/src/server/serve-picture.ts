import type { IncomingMessage, ServerResponse } from "node:http";
import type { PictureStore } from "../images/picture-store.js";

/**
 * Serves a drawn picture and says whether the path was one. It needs no key and is not logged: pictures lie elsewhere
 * than the API, and looking at one is no request to it.
 */
export function servePicture(incoming: IncomingMessage, response: ServerResponse, pictures: PictureStore): boolean {
  const id = /^\/images\/(\w+)\.png(?:\?|$)/.exec(incoming.url ?? "")?.[1];
  const { method } = incoming;
  if (id === undefined || (method !== "GET" && method !== "HEAD")) return false;
  response.on("error", () => {});
  const png = pictures.png(id);
  if (!png) {
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("no such picture\n");
    return true;
  }
  response.writeHead(200, {
    "content-type": "image/png",
    "content-length": png.length,
    "cache-control": "public, max-age=86400, immutable",
    "access-control-allow-origin": "*",
  });
  response.end(method === "HEAD" ? undefined : png);
  return true;
}
