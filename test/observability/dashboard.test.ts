import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { labelsOf, scrapeEverything } from "./scrape-everything.ts";

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

it("the dashboard asks for series that there are, and for labels that they have", async () => {
  const text = await scrapeEverything();
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
