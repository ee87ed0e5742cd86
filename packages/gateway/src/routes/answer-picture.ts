import { refusalResponse } from "@laplas/core";
import type { PictureStore } from "../pictures/picture-store.js";

/** `GET /images/<name>`: a picture that is kept, for everyone with its link. */
export function answerPicture(pictures: PictureStore, name: string): Response {
  const picture = pictures.find(name);
  if (picture === undefined) {
    const message = "There is no such picture here. Pictures are kept for a while only: save those that matter.";
    return refusalResponse({ status: 404, code: "no_such_picture", message }, { requestId: crypto.randomUUID() });
  }
  return new Response(picture.bytes, {
    headers: {
      "content-type": picture.type,
      "x-request-id": crypto.randomUUID(),
      "cache-control": "private, max-age=3600, immutable",
      // Shown in the pages of others (Langflow, a chat); never run, never guessed to be something else.
      "cross-origin-resource-policy": "cross-origin",
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
    },
  });
}
