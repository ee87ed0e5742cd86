import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
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
import { replaceFile, replacePrivateFile } from "./replace-file.js";

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-replace-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it("replaces the file as a whole: a program that has it open reads the old one to its end", () => {
  const path = join(openFolder(), "laplas.config.json");
  writeFileSync(path, "old");
  const reader = openSync(path, "r");
  onTestFinished(() => closeSync(reader));
  replaceFile(path, "new");
  expect([readFileSync(reader, "utf8"), readFileSync(path, "utf8")]).toEqual(["old", "new"]);
});

it("keeps the mode of the file, and a link to it", () => {
  const folder = openFolder();
  const [path, link] = [join(folder, "shared.json"), join(folder, "laplas.config.json")];
  writeFileSync(path, "old");
  // A mode that the usual mask takes away from new files.
  chmodSync(path, 0o664);
  symlinkSync(path, link);
  replaceFile(link, "new");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("new");
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o664);
  expect(readdirSync(folder)).toHaveLength(2);
});

it("leaves nothing beside what it can't replace", () => {
  const folder = openFolder();
  expect(() => replaceFile(join(folder, "missing", "laplas.config.json"), "new")).toThrow(/ENOENT/);
  // No file can take the place of a folder.
  mkdirSync(join(folder, "laplas.config.json"));
  expect(() => replaceFile(join(folder, "laplas.config.json"), "new")).toThrow();
  expect(readdirSync(folder)).toEqual(["laplas.config.json"]);
});

it.skipIf(process.platform === "win32")(
  "closes a private file to others, and makes its folder for the user alone",
  () => {
    const folder = openFolder();
    const path = join(folder, "laplas", "keys.json");
    replacePrivateFile(path, "new");
    expect([statSync(join(folder, "laplas")).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600]);
    chmodSync(path, 0o644);
    replacePrivateFile(path, "newer");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["newer", 0o600]);
  },
);
