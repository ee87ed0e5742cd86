import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { onTestFinished } from "vitest";
import { createGateway, type Gateway } from "../create-gateway.js";
import type { GatewayOptions } from "../gateway-options.js";

/** A gateway without a socket, on a sandbox of its own. */
export interface OpenGateway {
  readonly gateway: Gateway;
  readonly laplas: Laplas;
  readonly sandbox: Sandbox;
  /** Asks by a path, from loopback. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** What was logged: each line with its level and message. */
  readonly lines: Record<string, unknown>[];
}

/** Looks like no other text of a test, so that a leak is found by looking for it. */
export const API_KEY = "key-3f9a7c51e2d84b06";

export async function openGateway(
  options: Partial<GatewayOptions> = {},
  engine: LaplasOptions = {},
  sandboxOptions: SandboxOptions = {},
): Promise<OpenGateway> {
  const sandbox = await createSandbox(sandboxOptions);
  const laplas = createLaplas({ apiKey: API_KEY, baseURL: sandbox.baseURL, ledger: "memory", ...engine });
  const lines: Record<string, unknown>[] = [];
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, message, ...fields });
  const logger = { info: write("info"), warn: write("warn"), error: write("error") };
  const gateway = createGateway({ laplas, logger, ...options });
  onTestFinished(async () => {
    gateway.close();
    await laplas.close();
    await sandbox.close();
  });
  return {
    gateway,
    laplas,
    sandbox,
    lines,
    ask(path, init = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("host")) headers.set("host", "127.0.0.1:4114");
      return gateway.fetch(new Request(`http://127.0.0.1:4114${path}`, { ...init, headers }));
    },
  };
}

export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers };
}

export function chat(content: string, more: object = {}): object {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more };
}
