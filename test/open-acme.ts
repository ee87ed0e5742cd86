import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEngine, type Engine, type ProviderDocument, type TierDocument } from "@laplas/core";
import { createGateway, type Gateway } from "@laplas/gateway";
import { onTestFinished } from "vitest";
import { blocksOf } from "./readme-blocks.ts";

/** The documents that docs/providers.md shows: they are run as they stand there. */
const text = readFileSync(new URL("../docs/providers.md", import.meta.url), "utf8");
const [tier, provider] = blocksOf(text, "json").map(([, block]) => JSON.parse(block) as unknown);
export const shownTier: TierDocument = tier as TierDocument;
export const shownProvider: ProviderDocument = provider as ProviderDocument;
/** The program that serves it. */
export const shownProgram: string = blocksOf(text, "js")[0]?.[1] ?? "";

/** Words and fields that are laplas's alone. */
export const LAPLAS_ONLY: RegExp = /api[ _-]?tokens?|gpt-4o|claude|flux|apilaplas|laplas free tier/i;

/** The provider of the document behind a gateway. It answers everything, and counts nothing: what is refused, is refused here. */
export async function openAcme(): Promise<{
  readonly engine: Engine;
  readonly gateway: Gateway;
  /** Asks the gateway; with a body, by POST. */
  ask(path: string, body?: object): Promise<Response>;
}> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += String(piece);
    const { input, model, stream } = JSON.parse(body) as { input?: unknown; model: string; stream?: boolean };
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
    const data = [{ object: "embedding", index: 0, embedding: [0.5] }];
    if (stream === true) {
      const chunk = { id: "1", object: "chat.completion.chunk", model };
      const delta = { index: 0, delta: { content: "Hi" }, finish_reason: "stop" };
      response.setHeader("content-type", "text/event-stream");
      response.write(`data: ${JSON.stringify({ ...chunk, choices: [delta] })}\n\n`);
      response.end(`data: ${JSON.stringify({ ...chunk, choices: [], usage })}\n\ndata: [DONE]\n\n`);
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(input === undefined ? { id: "1", model, choices, usage } : { model, data, usage }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const engine = createEngine({
    providers: [
      {
        document: shownProvider,
        apiKey: "acme-key",
        baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      },
    ],
    ledger: "memory",
  });
  const gateway = createGateway({ laplas: engine, playground: engine });
  onTestFinished(async () => {
    gateway.close();
    await engine.close();
  });
  const ask = (path: string, body?: object): Promise<Response> =>
    gateway.fetch(
      new Request(`http://127.0.0.1:4114${path}`, {
        headers: { host: "127.0.0.1:4114" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      }),
    );
  return { engine, gateway, ask };
}
