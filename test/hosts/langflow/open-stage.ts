import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { createGateway, type Gateway, listen } from "@laplas/gateway";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { onTestFinished } from "vitest";
import { NOON, UPSTREAM_KEY } from "../../clients/open-gateway.ts";

/** One request as it reached the gateway, and how it was answered: 0 while it is not. */
export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string | null;
  status: number;
}

/** A sandbox, an engine and a gateway for one test, behind the address of the stage. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly laplas: Laplas;
  readonly visits: readonly Visit[];
  /** The requests that are calls or checks. Lists of models cost nothing and are asked for at will. */
  posts(): readonly Visit[];
}

export interface SceneOptions {
  readonly laplas?: LaplasOptions;
  readonly sandbox?: SandboxOptions;
  /** What clients have to show. */
  readonly token?: string;
}

/** An address that stays while what is behind it changes with each test: a host that runs on keeps it in its settings. */
export interface Stage {
  /** `http://127.0.0.2:port`. */
  readonly url: string;
  /** A new scene, gone when the test is over. */
  play(options?: SceneOptions): Promise<Scene>;
  close(): Promise<void>;
}

/** Langflow in a container rewrites 127.0.0.1 and localhost in the addresses of providers; the rest of loopback it leaves. */
const HOST = "127.0.0.2";

export async function openStage(): Promise<Stage> {
  let gateway: Gateway | undefined;
  let visits: Visit[] = [];
  const nobody = () => new Response("No test is running.", { status: 503 });
  const answer = async (request: Request): Promise<Response> => {
    const log = visits;
    const { method, url, headers } = request;
    const body = method === "GET" ? "" : await request.clone().text();
    const visit = { method, path: new URL(url).pathname, body, authorization: headers.get("authorization"), status: 0 };
    log.push(visit);
    const response = (await gateway?.fetch(request)) ?? nobody();
    visit.status = response.status;
    return response;
  };
  const door: Gateway = {
    fetch: answer,
    hasClients: false,
    stop: () => gateway?.stop(),
    close: () => gateway?.close(),
  };
  const server = await listen(door, { host: HOST, port: 0 });

  return {
    url: server.url,
    async play(options = {}) {
      const sandbox = await createSandbox({ clock: { start: NOON, frozen: true }, ...options.sandbox });
      const laplas = createLaplas({
        apiKey: UPSTREAM_KEY,
        baseURL: sandbox.baseURL,
        ledger: "memory",
        now: () => sandbox.clock.now(),
        ...options.laplas,
      });
      const clients = options.token === undefined ? [] : [{ name: "the test", token: options.token }];
      const own = createGateway({ laplas, clients });
      gateway = own;
      visits = [];
      const seen = visits;
      onTestFinished(async () => {
        if (gateway === own) gateway = undefined;
        own.close();
        await laplas.close();
        await sandbox.close();
      });
      return { sandbox, laplas, visits: seen, posts: () => seen.filter(({ method }) => method === "POST") };
    },
    async close() {
      await server.close(0);
    },
  };
}
