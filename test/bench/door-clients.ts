import { BODY, CHAT_ROWS, type ChatClient, type ChatRow, type ClientSettings, STREAM_BODY } from "./chat-clients.ts";

/** The doors that pass answers on as bytes. Their readers count characters of the body, and parse nothing. */
const DOOR_ROWS = {
  "core-fetch": { name: "`laplas.fetch` of core, memory ledger", open: openCoreFetch },
  gateway: { name: "gateway, with a client of undici and the sockets between", open: openGateway },
} as const satisfies Record<string, ChatRow>;

/** Clients and doors. */
export const ALL_ROWS = { ...CHAT_ROWS, ...DOOR_ROWS } as const;

export type RowName = keyof typeof ALL_ROWS;

async function openCoreFetch({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { createLaplas } = await import("@laplas/core");
  const laplas = createLaplas({ baseURL, apiKey, tier: "paid", ledger: "memory" });
  const send = (body: object) =>
    laplas.fetch("http://x/v1/chat/completions", { method: "POST", body: JSON.stringify(body) });
  return {
    invoke: async () => (await send(BODY)).text(),
    stream: async () => countBytes((await send(STREAM_BODY)).body ?? []),
    close: () => laplas.close(),
  };
}

async function openGateway({ baseURL, apiKey }: ClientSettings): Promise<ChatClient> {
  const { createLaplas } = await import("@laplas/core");
  const { createGateway, listen } = await import("@laplas/gateway");
  const { request } = await import("undici");
  const laplas = createLaplas({ baseURL, apiKey, tier: "paid", ledger: "memory" });
  const quiet = (): void => {};
  const gateway = createGateway({ laplas, logger: { info: quiet, warn: quiet, error: quiet } });
  const server = await listen(gateway, { port: 0 });
  const send = (body: object) =>
    request(`${server.baseURL}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return {
    invoke: async () => (await send(BODY)).body.text(),
    stream: async () => countBytes((await send(STREAM_BODY)).body),
    async close() {
      await server.close(0);
      gateway.close();
      await laplas.close();
    },
  };
}

async function countBytes(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) bytes += piece.length;
  return bytes;
}
