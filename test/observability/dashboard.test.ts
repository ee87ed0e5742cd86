import { readFileSync } from "node:fs";
import { createEngine } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { cloudflare, laplas } from "@laplas/providers";
import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly description: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const dashboard = JSON.parse(
  readFileSync(new URL("../../examples/grafana/laplas.json", import.meta.url), "utf8"),
) as Dashboard;

const TOKEN = "a-token-of-prometheus";

/** Series of a gateway that has met everything: two units of cost, a stream, a refusal, a quota that is used up. */
async function scrape(): Promise<string> {
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
function labelsOf(text: string): ReadonlyMap<string, ReadonlySet<string>> {
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

it("the dashboard asks for series that there are, and for labels that they have", async () => {
  const text = await scrape();
  const labels = labelsOf(text);
  const queries = [
    ...dashboard.panels.flatMap(({ targets }) => targets),
    ...dashboard.templating.list
      .flatMap(({ definition }) => definition ?? [])
      .map((expr) => ({ expr, legendFormat: "" })),
  ];
  const asked = new Set<string>();
  for (const { expr, legendFormat } of queries) {
    const names = [...expr.matchAll(/laplas_[a-z_]+/g)].map(([name]) => name);
    expect(names.length, expr).toBeGreaterThan(0);
    const known = new Set<string>();
    for (const name of names) {
      expect([...labels.keys()], expr).toContain(name);
      for (const label of labels.get(name) ?? []) known.add(label);
      asked.add(name.replace(/_bucket$/, ""));
    }
    const used = [
      ...[...expr.matchAll(/([a-z_]+)(?:=~|!=|=)"/g)].map(([, label = ""]) => label),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/, */)),
      ...[...legendFormat.matchAll(/\{\{([a-z_]+)\}\}/g)].map(([, label = ""]) => label),
      ...[...expr.matchAll(/label_values\([a-z_]+, ([a-z_]+)\)/g)].map(([, label = ""]) => label),
    ];
    for (const label of used) expect([...known], `${label} of ${expr}`).toContain(label);
  }
  // Whatever is told is shown.
  const told = [...text.matchAll(/^# TYPE (laplas_[a-z_]+)/gm)].map(([, name = ""]) => name);
  expect([...asked].toSorted()).toEqual(told.toSorted());
});

it("every panel says what it shows", () => {
  for (const { title, description } of dashboard.panels) expect([title, description.length > 0]).toEqual([title, true]);
});
