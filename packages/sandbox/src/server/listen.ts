import { createServer } from "node:http";
import type { RequestHandler } from "./handle-request.js";

export interface Listener {
  host: string;
  port: number;
  /** Stops listening and ends open sockets at once. */
  close(): Promise<void>;
}

/** Opens the HTTP server. Rejects when the port is taken. */
export async function listen(handler: RequestHandler, host: string, port: number): Promise<Listener> {
  const server = createServer((incoming, response) => {
    handler(incoming, response).catch((error: unknown) => {
      // A fault of the sandbox itself: say so instead of leaving the client to its timeout.
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(`sandbox fault: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  // The default of 5 s ends idle sockets while a slow test is about to use them again.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    host,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
