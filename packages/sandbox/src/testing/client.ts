import type { Sandbox } from "../index.js";

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  json: any;
}

/** A plain POST with a key. */
export async function post(sandbox: Sandbox, path: string, body: unknown, apiKey = "key"): Promise<Reply> {
  const response = await fetch(`${sandbox.baseURL}${path}`, {
    method: "POST",
    headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A chat of one user message. */
export function chat(sandbox: Sandbox, content: string, extra: object = {}, apiKey = "key"): Promise<Reply> {
  return post(sandbox, "/chat/completions", { model: "gpt-4o-mini", ...ask(content), ...extra }, apiKey);
}

export function ask(content: string): { messages: object[] } {
  return { messages: [{ role: "user", content }] };
}

/** Opens a stream and reads its first chunk. */
export async function openStream(sandbox: Sandbox, body: object, signal?: AbortSignal) {
  const response = await fetch(`${sandbox.baseURL}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: JSON.stringify({ model: "gpt-4o-mini", ...ask("Hello"), stream: true, ...body }),
    ...(signal ? { signal } : {}),
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const first = await reader.read();
  return { response, reader, first: new TextDecoder().decode(first.value) };
}

/** The `data:` lines of an event stream. */
export function eventsOf(text: string): string[] {
  return text
    .split("\n\n")
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ""));
}
