import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { documents } from "@laplas/providers";
import { expect, it, onTestFinished } from "vitest";
import { spawnLaplas } from "./spawn-laplas.ts";

it.each(documents.map((document) => [document.id, document] as const))(
  "laplas tier prints each rule of the document %s, with source and date",
  async (id, document) => {
    const folder = mkdtempSync(join(tmpdir(), "laplas-providers-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, `${id}.json`), JSON.stringify(document));
    const { ended, stdout, stderr } = spawnLaplas(["tier", `${id}.json`], { folder });
    expect([await ended, stderr()]).toEqual([0, ""]);
    const text = stdout().replace(/\s+/g, " ");
    for (const { title, rules } of document.tiers) {
      expect(text).toContain(title);
      for (const { id: rule, evidence } of rules) {
        expect(text).toContain(rule);
        expect(text).toContain(evidence.source.replace(/\s+/g, " "));
        expect(text).toContain(evidence.date);
      }
    }
  },
);
