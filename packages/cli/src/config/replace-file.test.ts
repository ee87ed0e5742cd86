import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { replaceConfig } from "./replace-config.js";

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("replaces the file as a whole: a program that has it open reads the old one to its end", () => {
  const path = join(openFolder(), "laplas.config.json");
  writeFileSync(path, "old");
  const reader = openSync(path, "r");
  onTestFinished(() => closeSync(reader));
  replaceConfig(path, "new");
  expect([readFileSync(reader, "utf8"), readFileSync(path, "utf8")]).toEqual(["old", "new"]);
});

it("keeps the mode of the file, and a link to it", () => {
  const folder = openFolder();
  const [path, link] = [join(folder, "shared.json"), join(folder, "laplas.config.json")];
  writeFileSync(path, "old", { mode: 0o600 });
  symlinkSync(path, link);
  replaceConfig(link, "new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("new");
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toHaveLength(2);
});

it("leaves nothing beside what it can't replace, and says why", () => {
  const folder = openFolder();
  expect(() => replaceConfig(join(folder, "missing", "laplas.config.json"), "new")).toThrow(/can't be written: /);
  expect(readdirSync(folder)).toEqual([]);
});
