import { readStream } from "./event-text.ts";
import { ask, post } from "./open-gateway.ts";

/**
 * A client in a process of its own: mixed calls, several at once, some of which leave before their end. Writes what became of
 * each, a line a call.
 */
const [baseURL = "", name = "", count = "0"] = process.argv.slice(2);

async function chat(index: number): Promise<string> {
  const response = await post(baseURL, ask(`What is ${index} plus ${name.length}?`));
  return outcomeOf(response, await response.text());
}

async function stream(index: number): Promise<string> {
  const response = await post(baseURL, ask(`Write 20 words about mill ${index} of ${name}.`, { stream: true }));
  const body = await response.text();
  if (response.status !== 200) return outcomeOf(response, body);
  return readStream(body).isWhole ? "answered" : "not whole";
}

async function embed(index: number): Promise<string> {
  const body = JSON.stringify({ model: "text-embedding-3-small", input: [`heron ${index}`, `mill of ${name}`] });
  const response = await fetch(`${baseURL}/embeddings`, { method: "POST", body });
  return outcomeOf(response, await response.text());
}

async function draw(index: number): Promise<string> {
  const body = JSON.stringify({ model: "flux/schnell", prompt: `a heron, ${index}`, image_size: "square" });
  const response = await fetch(`${baseURL}/images/generations`, { method: "POST", body });
  return outcomeOf(response, await response.text());
}

async function leave(index: number): Promise<string> {
  const leaving = new AbortController();
  const body = ask(`Write 40 words about lock ${index} of ${name}.`, { stream: true });
  try {
    const response = await post(baseURL, body, { signal: leaving.signal });
    if (response.status !== 200) return outcomeOf(response, await response.text());
    await response.body?.getReader().read();
    leaving.abort();
  } catch {
    return "broken";
  }
  return "left";
}

function outcomeOf({ status }: Response, body: string): string {
  if (status === 200) return "answered";
  const { error } = JSON.parse(body) as { error: { code: string } };
  return `${status} ${error.code}`;
}

const KINDS = [chat, stream, embed, chat, leave, stream, draw, chat];
const calls = Array.from({ length: Number(count) }, (_, index) => KINDS[index % KINDS.length]?.(index));
for (const outcome of await Promise.all(calls)) process.stdout.write(`${outcome}\n`);
