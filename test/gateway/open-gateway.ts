import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import {
  createGateway,
  type GatewayOptions,
  type GatewayServer,
  type ListenOptions,
  listen,
  type QuotaBody,
} from "@laplas/gateway";
import { onTestFinished } from "vitest";

/** Looks like no other text of a test, so that a leak is found by looking for it. */
export const API_KEY = "key-5e0b9d72c41a4f88";

/** A gateway in this process, on a port of its own. */
export interface OpenGateway {
  readonly laplas: Laplas;
  readonly server: GatewayServer;
  readonly url: string;
  readonly baseURL: string;
  /** Every line of its log, as JSON. */
  readonly log: readonly string[];
  quota(): Promise<QuotaBody>;
}

/** What a gateway of a test is made with. */
export interface GatewaySettings {
  readonly engine: LaplasOptions;
  readonly gateway?: Omit<GatewayOptions, "laplas">;
  readonly listen?: ListenOptions;
}

/** Opens a gateway; closed with the test, without grace. */
export async function openGateway({ engine, gateway, listen: on }: GatewaySettings): Promise<OpenGateway> {
  const log: string[] = [];
  const write =
    (level: string) =>
    (fields: object, message: string): void =>
      void log.push(JSON.stringify({ level, ...fields, message }));
  const laplas = createLaplas({ apiKey: API_KEY, ledger: "memory", ...engine });
  const made = createGateway({
    laplas,
    logger: { info: write("info"), warn: write("warn"), error: write("error") },
    ...gateway,
  });
  const server = await listen(made, { port: 0, ...on });
  onTestFinished(async () => {
    await server.close(0);
    made.close();
    await laplas.close();
  });
  return {
    laplas,
    server,
    url: server.url,
    baseURL: server.baseURL,
    log,
    quota: () => readQuota(server.baseURL),
  };
}

export async function readQuota(baseURL: string): Promise<QuotaBody> {
  const response = await fetch(`${baseURL}/quota`);
  return (await response.json()) as QuotaBody;
}

/** A chat of one user message. */
export function ask(content: string, more: object = {}): string {
  return JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more });
}

export function post(baseURL: string, body: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    body,
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });
}
