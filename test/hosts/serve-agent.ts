import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createSandbox, type LoggedRequest, type Sandbox } from "@laplas/sandbox";
import { onTestFinished } from "vitest";
import { dayOf } from "../clients/open-gateway.ts";
import { spawnLaplas } from "../spawn-laplas.ts";
import { type Home, openHome } from "./command-clients.ts";

/** What `laplas serve` logs of a call. */
export interface LoggedCall {
  readonly path: string;
  readonly client?: string;
  readonly model: string;
  readonly askedModel?: string;
  readonly outcome: string;
  readonly code?: string;
  readonly adjusted: readonly string[];
  readonly parts?: number;
  readonly ended?: string;
}

/** An agent's surroundings: a home with a file to read, `laplas serve` on a sandbox, and no way out to anywhere else. */
export interface ServedAgent {
  readonly home: Home;
  readonly sandbox: Sandbox;
  /** Without `/v1`. */
  readonly url: string;
  /** Its token at the gateway. */
  readonly token: string;
  /** Variables that send what is not for loopback to a proxy that lets nothing through. */
  readonly noInternet: Readonly<Record<string, string>>;
  /** What it wanted of that proxy. */
  readonly attempts: readonly string[];
  /** Stops the gateway. @returns what it has logged of calls */
  calls(): Promise<readonly LoggedCall[]>;
}

/** The file that stands in an agent's folder, and what is in it. */
export const NOTES = { name: "notes.txt", text: "The harbor opens at six.\n" };

/** Serves as a user of an agent would, but for a day that is long enough for any model. */
export async function serveAgent(settings: object = {}): Promise<ServedAgent> {
  const sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
  onTestFinished(() => sandbox.close());
  const home = await openHome();
  await writeFile(join(home.work, NOTES.name), NOTES.text);
  const token = "token-of-the-agent";
  const config = {
    apiKey: "upstream-key",
    baseURL: sandbox.baseURL,
    ledger: "memory",
    tier: dayOf(10_000_000),
    clients: [{ name: "agent", token }],
    port: 0,
    log: "json",
    ...settings,
  };
  await writeFile(join(home.path, "laplas.config.json"), JSON.stringify(config));
  const gateway = spawnLaplas(["serve"], { folder: home.path });
  const [, url = ""] = await gateway.until("stderr", /Base URL {2}(http:\S+)\/v1\n/);
  return {
    home,
    sandbox,
    url,
    token,
    ...(await openDeadEnd()),
    async calls() {
      gateway.child.kill("SIGTERM");
      await gateway.ended;
      const lines = gateway.stdout().trim().split("\n");
      return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "call");
    },
  };
}

/** A proxy that lets nothing through. */
export async function openDeadEnd(): Promise<Pick<ServedAgent, "attempts" | "noInternet">> {
  const attempts: string[] = [];
  const proxy: Server = createServer(({ url = "" }, response) => {
    attempts.push(url);
    response.writeHead(502).end();
  });
  proxy.on("connect", ({ url = "" }, socket) => {
    attempts.push(url);
    socket.on("error", () => {});
    socket.end("HTTP/1.1 502 No way out\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return { attempts, noInternet: { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: "127.0.0.1" } };
}

/** Puts a picture of one dot into an agent's folder. @returns its path */
export async function drawDot({ work }: Home): Promise<string> {
  const path = join(work, "dot.png");
  const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await writeFile(path, Buffer.from(dot, "base64"));
  return path;
}

/** A call of a tool. */
export interface Step {
  readonly tool: string;
  readonly values: object;
}

/** What the model answers an agent, in order: calls of its tools, and texts. Requests without tools, for a title say, are answered as ever. */
export function play({ sandbox }: Pick<ServedAgent, "sandbox">, steps: readonly (Step | string)[]): void {
  for (const step of steps) {
    const draft = typeof step === "string" ? { text: step } : { tool: step.tool, text: JSON.stringify(step.values) };
    sandbox.write(draft, { when: (request) => namesOfTools(request).length > 0 });
  }
}

/** The tools that a request offers to a model of OpenAI's kind. */
export function namesOfTools({ body }: LoggedRequest): string[] {
  const { tools = [] } = body as { tools?: { name?: string; function?: { name: string } }[] };
  return tools.map(({ name, function: own }) => own?.name ?? name ?? "");
}

/** The messages of the newest request. */
export function lastMessages({ sandbox }: Pick<ServedAgent, "sandbox">): string {
  return JSON.stringify((sandbox.requests.at(-1)?.body as { messages: unknown } | undefined)?.messages);
}
