import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent } from "./child.ts";

/** The least a gateway on Node can do: pass both bodies on, over kept-alive connections. */
const agent = new Agent({ keepAlive: true });

answerParent(async ({ origin }: { origin: string }) => {
  const { hostname, port } = new URL(origin);
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const onward = request({ agent, hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
    outgoing.on("close", () => onward.destroy());
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
