import { createEngine } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { cloudflare, laplas } from "@laplas/providers";
import { createSandbox } from "@laplas/sandbox";
import { onTestFinished } from "vitest";

const TOKEN = "a-token-of-prometheus";

/** Series of a gateway that has met everything: two units of cost, a stream, a refusal, a quota that is used up. */
export async function scrapeEverything(): Promise<string> {
  const [own, other] = await Promise.all([createSandbox(), createSandbox({ preset: "cloudflare" })]);
  const engine = createEngine({
    ledger: "memory",
    environment: {},
    providers: [laplas({ apiKey: "any", baseURL: own.baseURL }), cloudflare({ apiKey: "any", baseURL: other.baseURL })],
  });
  const gateway = createGateway({ laplas: engine, clients: [{ name: "prometheus", token: TOKEN }] });
  const server = await listen(gateway, { port: 0 });
  onTestFinished(async () => {
    await server.close(0);
    gateway.close();
    await engine.close();
    await Promise.all([own.close(), other.close()]);
  });
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const ask = async (model: string, more: object = {}): Promise<void> => {
    const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }], ...more });
    await (await fetch(`${server.baseURL}/chat/completions`, { method: "POST", headers, body })).text();
  };
  await ask("laplas/gpt-4o-mini");
  await ask("laplas/gpt-4o-mini", { stream: true });
  await ask("cloudflare/@cf/openai/gpt-oss-120b");
  await ask("laplas/no-such-model");
  own.fault({ kind: "publishedError", status: 429 }, { times: 1 });
  await ask("laplas/gpt-4o-mini");
  return (await fetch(`${server.url}/metrics`, { headers })).text();
}

/** Names of the labels of each series, by its name. */
export function labelsOf(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    const [, name, inner = ""] = /^([a-z_]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = labels.get(name) ?? new Set();
    for (const [, label = ""] of inner.matchAll(/(?:^|,)([a-z_]+)="/g)) known.add(label);
    labels.set(name, known);
  }
  return labels;
}
