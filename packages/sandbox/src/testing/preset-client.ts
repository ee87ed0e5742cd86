import type { PresetSandbox } from "../index.js";
import type { Reply } from "./client.js";

/** A request to a stand-in without a socket; `path` is below its base URL, or whole where it begins with the URL. */
export async function request(
  sandbox: PresetSandbox,
  path: string,
  { body, apiKey = "key", via = sandbox.fetch }: { body?: unknown; apiKey?: string; via?: typeof fetch } = {},
): Promise<Reply> {
  const response = await via(path.startsWith("http") ? path : `${sandbox.baseURL}${path}`, {
    method: body === undefined ? "GET" : "POST",
    redirect: "manual",
    headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
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

/** A chat of one user message with the first model that is free. */
export function chat(sandbox: PresetSandbox, extra: object = {}, apiKey = "key"): Promise<Reply> {
  return request(sandbox, "/chat/completions", { body: chatBody(sandbox, extra), apiKey });
}

export function chatBody(sandbox: PresetSandbox, extra: object = {}): object {
  const model = sandbox.models.find((id) => sandbox.preset !== "openrouter" || id.endsWith(":free"));
  return { model, messages: [{ role: "user", content: "Where does the heron sleep?" }], ...extra };
}

/** So many chats one after the other; their statuses. */
export async function chats(sandbox: PresetSandbox, count: number, extra: object = {}): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await chat(sandbox, extra)).status);
  return statuses;
}

/** A tool with parameters of every provider's taste. */
export const weatherTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
