import { once } from "node:events";
import { request as ask, createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";

/** A proxy on loopback, and what it has been asked for: `CONNECT host:port`, or `POST http://host/path`. */
export interface Proxy {
  readonly host: string;
  readonly asked: string[];
}

/**
 * A proxy for plain HTTP and for tunnels, which takes every host to be the one server. Closed with the test.
 *
 * @param credentials `user:password`, without which it lets nothing through
 */
export async function startProxy(server: string, credentials?: string): Promise<Proxy> {
  const target = new URL(server);
  const asked: string[] = [];
  const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
  const sockets: Set<Duplex> = new Set();
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { "proxy-authorization": authorization, ...headers } = request.headers;
    if (authorization !== wanted) {
      response.writeHead(407, { "proxy-authenticate": "Basic" }).end("no");
      return;
    }
    const path = new URL(request.url ?? "").pathname;
    const onward = ask(
      { port: target.port, host: target.hostname, method: request.method, path, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  proxy.on("connect", (request, socket: Duplex) => {
    asked.push(`CONNECT ${request.url}`);
    sockets.add(socket);
    socket.on("error", () => {});
    if (request.headers["proxy-authorization"] !== wanted) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n");
      return;
    }
    const onward = connect(Number(target.port), target.hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  return { host: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}
