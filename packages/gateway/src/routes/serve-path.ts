import { otherMethodResponse } from "@laplas/core";
import type { Context, Hono } from "hono";

/** Serves paths with one method; `HEAD` comes with `GET`, and other methods are told which there are. */
export function servePath(
  app: Hono,
  method: "GET" | "POST",
  paths: readonly string[],
  answer: (context: Context) => Response | Promise<Response>,
): void {
  const allowed = method === "GET" ? ["GET", "HEAD"] : [method];
  app.on(method, [...paths], answer);
  for (const path of paths) {
    app.all(path, ({ req }) => otherMethodResponse(req.method, req.path, allowed, crypto.randomUUID()));
  }
}
