import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../catalog/model.js";
import type { NumberRange } from "./field-values.js";
import { REQUEST_FIELDS, type RequestField } from "./request-fields.js";

const page = readFileSync(fileURLToPath(new URL("../../../../docs/requests.md", import.meta.url)), "utf8");
const COLUMNS: readonly Dialect[] = ["openai", "together", "minimax", "gemini", "claude"];

interface Row {
  readonly name: string;
  readonly kind: string;
  readonly cells: readonly string[];
}

/** The rows of the page's table of fields, one for each name. */
function readRows(): Row[] {
  const [, section = ""] = page.split("\n## Fields of a chat\n");
  const lines = section.split("\n## ")[0]?.split("\n") ?? [];
  const rows = lines.filter((line) => line.startsWith("| `")).map((line) => line.split("|").slice(1, -1));
  return rows.flatMap(([names = "", kind = "", ...cells]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({
      name,
      kind: kind.trim(),
      cells: cells.map((cell) => cell.trim()),
    })),
  );
}

function rangeWords({ least, most, whole }: NumberRange): string {
  const bounds = least === undefined ? "any number" : most === undefined ? `from ${least}` : `${least} to ${most}`;
  return whole === true ? `whole, ${bounds}` : bounds;
}

/** What the table does where it needs no words of its own. */
function plainWords({ kind, by }: RequestField, dialect: Dialect): string | undefined {
  const treatment = by[dialect];
  if (treatment === undefined) return kind === "meaning" ? "refused" : "dropped";
  if (treatment === "taken") return "sent";
  return typeof treatment === "function" ? undefined : rangeWords(treatment);
}

describe("docs/requests.md", () => {
  const rows = readRows();

  it("has each field of the table once, with its kind", () => {
    const told = rows.map(({ name, kind }) => [name, kind]);
    expect(told.toSorted()).toEqual([...REQUEST_FIELDS].map(([name, { kind }]) => [name, kind]).sort());
  });

  it.each([...REQUEST_FIELDS])("says what becomes of %s in each family", (name, field) => {
    const cells = rows.find((row) => row.name === name)?.cells ?? [];
    expect(cells).toHaveLength(COLUMNS.length);
    for (const [place, dialect] of COLUMNS.entries()) {
      const plain = plainWords(field, dialect);
      if (plain !== undefined) expect.soft(cells[place], dialect).toBe(plain);
      else expect.soft(["sent", "dropped", "refused", ""], dialect).not.toContain(cells[place]);
    }
  });
});
