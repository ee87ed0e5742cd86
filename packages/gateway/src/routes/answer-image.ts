import type { Laplas } from "@laplas/core";
import { hostPictures } from "../pictures/host-pictures.js";
import type { PictureStore } from "../pictures/picture-store.js";

/** `POST /v1/images/generations`: as the engine answers, but pictures that came as data unasked get an address. */
export async function answerImage(
  laplas: Laplas,
  request: Request,
  pictures: PictureStore,
  baseURL: string,
): Promise<Response> {
  const text = await request.text();
  const response = await laplas.fetch(request.url, { method: "POST", body: text, signal: request.signal });
  if (!response.ok || wantsData(text)) return response;
  const answer = (await response.json()) as { data?: unknown };
  const body = hostPictures(answer, pictures, (name) => `${baseURL}/images/${name}`);
  return new Response(JSON.stringify(body), { headers: response.headers });
}

function wantsData(text: string): boolean {
  // The engine has read this body already: it is a JSON object.
  return (JSON.parse(text) as { response_format?: unknown }).response_format === "b64_json";
}
