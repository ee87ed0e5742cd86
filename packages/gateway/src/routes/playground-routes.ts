import { type Laplas, refusalResponse } from "@laplas/core";
import type { Hono } from "hono";
import { hostPictures } from "../pictures/host-pictures.js";
import type { PictureStore } from "../pictures/picture-store.js";
import { answerCallsLeft } from "./answer-calls-left.js";
import { answerCheck } from "./answer-check.js";
import { answerJson } from "./answer-json.js";
import { bringPictures } from "./bring-pictures.js";
import { readQuota } from "./read-quota.js";
import { servePath } from "./serve-path.js";

/** The routes of the page's playground: the API's, below `/playground`, on an engine under the playground's rules. */
export function addPlayground(
  app: Hono,
  playground: Laplas | undefined,
  pictures: PictureStore,
  now: () => number,
): void {
  if (playground === undefined) {
    app.all("/playground/*", () => {
      const message =
        'This gateway has no playground: its tier needs none, or its account is kept in memory, where no second tier can share it. Option "ledger" (LAPLAS_LEDGER) names another place.';
      return refusalResponse({ status: 404, code: "no_playground", message }, { requestId: crypto.randomUUID() });
    });
    return;
  }
  servePath(app, "GET", ["/playground/v1/calls-left"], () => answerCallsLeft(playground));
  servePath(app, "GET", ["/playground/v1/quota"], async () => answerJson((await readQuota(playground, now())).body));
  servePath(app, "POST", ["/playground/v1/check"], (context) => answerCheck(playground, context.req.raw));
  app.post("/playground/v1/images/generations", (context) => answerPictures(playground, context.req.raw, pictures));
  app.all("/playground/*", (context) => playground.fetch(context.req.raw));
}

/** Every picture gets an address of this gateway, told without its origin: the page knows by which name it reached it. */
async function answerPictures(playground: Laplas, request: Request, pictures: PictureStore): Promise<Response> {
  const response = await playground.fetch(request);
  if (!response.ok) return response;
  const addressOf = (name: string): string => `/images/${name}`;
  const hosted = hostPictures((await response.json()) as { data?: unknown }, pictures, addressOf);
  const body = await bringPictures(hosted, playground.fetchPicture, pictures, addressOf, request.signal);
  return new Response(JSON.stringify(body), { headers: response.headers });
}
