import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Ends connections that bring no whole head of a request in their time. Node's own timeouts begin with a request's first byte, and
 * every byte puts off that of an idle connection: line ends, which are allowed before a request, held one open for ever.
 */
export function cutQuietConnections(
  server: Server,
  limits: {
    /** For the first request. */
    readonly firstMs: number;
    /** Between two. */
    readonly nextMs: number;
    readonly checkMs: number;
  },
): void {
  /** Those without a request, and when their time is over. */
  const quiet = new Map<Socket, number>();
  const running = new WeakMap<Socket, number>();
  server.on("connection", (socket: Socket) => {
    quiet.set(socket, performance.now() + limits.firstMs);
    socket.once("close", () => quiet.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    quiet.delete(socket);
    running.set(socket, (running.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const others = (running.get(socket) ?? 1) - 1;
      running.set(socket, others);
      if (others === 0 && !socket.destroyed) quiet.set(socket, performance.now() + limits.nextMs);
    });
  });
  const check = setInterval(() => {
    const now = performance.now();
    for (const [socket, until] of quiet) if (until < now) socket.destroy();
  }, limits.checkMs);
  check.unref();
  server.once("close", () => clearInterval(check));
}
