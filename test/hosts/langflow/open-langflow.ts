import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonEnvironment } from "../python.ts";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** What comes of a run: the text that the chat shows, or what Langflow says of an error. */
export interface Outcome {
  readonly status: number;
  readonly texts: readonly string[];
  readonly detail: unknown;
}

/** A server of Langflow's, with a user who is logged in. */
export interface Langflow {
  readonly url: string;
  ask<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>>;
  /** Keeps a flow. @returns its id */
  keep(flow: object): Promise<string>;
  /** Keeps a setting of the user, in place of an older one. */
  save(name: string, value: string, type?: "Generic" | "Credential"): Promise<void>;
  forget(...names: string[]): Promise<void>;
  /** Runs a kept flow by the API that programs use. */
  run(id: string, text: string): Promise<Outcome>;
  close(): Promise<void>;
}

/** Starts Langflow with settings and a database of its own, and waits until it answers: about forty seconds. */
export async function openLangflow(
  command: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Langflow> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-langflow-server-"));
  const port = await freePort();
  const child = spawn(command, ["-m", "langflow", "run", "--host", "127.0.0.1", "--port", String(port)], {
    // Not where a folder `langflow` lies, which Python would take for the package.
    cwd: folder,
    env: pythonEnvironment({
      LANGFLOW_AUTO_LOGIN: "true",
      LANGFLOW_SKIP_AUTH_AUTO_LOGIN: "true",
      LANGFLOW_OPEN_BROWSER: "false",
      LANGFLOW_CONFIG_DIR: folder,
      LANGFLOW_DATABASE_URL: `sqlite:///${join(folder, "langflow.db")}`,
      DO_NOT_TRACK: "true",
      TZ: "UTC",
      // Else it draws the source of each frame of an error: up to ten seconds of one core for an Agent's.
      LANGFLOW_PRETTY_LOGS: "false",
      ...variables,
    }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-20_000);
    });
  }
  const ended = once(child, "exit");
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await until("Langflow answers", async () => {
      if (isOver) throw new Error(`Langflow ended\n${log}`);
      return (await fetch(`${url}/health_check`).catch(() => undefined))?.ok === true;
    });
  } catch (error) {
    // Nobody else could end it, and its workers would outlive the tests.
    child.kill();
    await ended;
    throw error;
  }

  const send = async <Body>(
    method: string,
    path: string,
    headers: HeadersInit,
    body?: unknown,
  ): Promise<Answer<Body>> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    let read: unknown = text;
    try {
      read = JSON.parse(text);
    } catch {
      // Plain text, or nothing.
    }
    return { status: response.status, body: read as Body };
  };
  const login = await send<{ access_token: string }>("GET", "/api/v1/auto_login", {});
  const authorization = `Bearer ${login.body.access_token}`;
  const ask: Langflow["ask"] = (method, path, body) => send(method, path, { authorization }, body);
  const key = await ask<{ api_key: string }>("POST", "/api/v1/api_key/", { name: "tests" });

  /**
   * Asks for a change, up to three times while Langflow fails: work it still does for a page that was closed can lock its database.
   * @throws Error with what Langflow and its log say when it was not made
   */
  const change = async (what: string, method: string, path: string, body?: unknown, tries = 3): Promise<void> => {
    const answer = await ask(method, `/api/v1/variables/${path}`, body);
    if (answer.status < 300) return;
    if (answer.status >= 500 && tries > 1) return change(what, method, path, body, tries - 1);
    throw new Error(`Langflow did not ${what}: ${answer.status} ${JSON.stringify(answer.body)}\n${log}`);
  };
  const find = async (...names: string[]): Promise<Variable[]> => {
    const { body: kept } = await ask<Variable[]>("GET", "/api/v1/variables/");
    return kept.filter(({ name }) => names.includes(name));
  };

  return {
    url,
    ask,
    async forget(...names) {
      for (const { id, name } of await find(...names)) await change(`forget ${name}`, "DELETE", id);
    },
    async save(name, value, type = "Generic") {
      const [kept] = await find(name);
      if (kept?.value === value && kept.type === type) return;
      const variable = { name, value, type, default_fields: [] };
      if (kept === undefined) await change(`keep ${name}`, "POST", "", variable);
      else await change(`change ${name}`, "PATCH", kept.id, { ...variable, id: kept.id });
    },
    async keep(flow) {
      const { status, body } = await ask<{ id: string }>("POST", "/api/v1/flows/", flow);
      if (status !== 201) throw new Error(`Langflow did not keep the flow: ${status} ${JSON.stringify(body)}`);
      return body.id;
    },
    async run(id, text) {
      const question = { input_value: text, input_type: "chat", output_type: "chat" };
      const headers = { "x-api-key": key.body.api_key };
      const { status, body } = await send<RunBody>("POST", `/api/v1/run/${id}?stream=false`, headers, question);
      const results = body.outputs?.flatMap(({ outputs }) => outputs) ?? [];
      const texts = results.map(({ results: { message } }) => message?.text ?? "");
      return { status, texts, detail: body.detail };
    },
    async close() {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A setting as Langflow tells of it: the value only where it is no secret. */
interface Variable {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly value: string | null;
}

interface RunBody {
  readonly outputs?: readonly {
    readonly outputs: readonly { readonly results: { readonly message?: { text: string } } }[];
  }[];
  readonly detail?: unknown;
}
