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
  const { url, headers, signal } = request;
  const response = await laplas.fetch(url, { method: "POST", body: text, headers: quotaHeaders(headers), signal });
  if (!response.ok || wantsData(text)) return response;
  const answer = (await response.json()) as { data?: unknown };
  const body = hostPictures(answer, pictures, (name) => `${baseURL}/images/${name}`);
  return new Response(JSON.stringify(body), { headers: response.headers });
}

/** The only header that the engine reads: those of the body are wrong by now. */
function quotaHeaders(headers: Headers): Record<string, string> {
  const status = headers.get("x-laplas-quota-status");
  return status === null ? {} : { "x-laplas-quota-status": status };
}

function wantsData(text: string): boolean {
  // The engine has read this body already: it is a JSON object.
  return (JSON.parse(text) as { response_format?: unknown }).response_format === "b64_json";
}
