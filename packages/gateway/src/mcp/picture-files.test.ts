import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createPictureFiles } from "./picture-files.js";

const PICTURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

it("keeps pictures for the user alone, and removes them", async () => {
  const files = createPictureFiles();
  const path = fileURLToPath((await files.keep(PICTURE)) ?? "");
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
  await files.remove();
  expect(existsSync(dirname(path))).toBe(false);
});

it("goes on in a new folder where one can't be written any more, and removes all", async () => {
  const files = createPictureFiles();
  const first = dirname(fileURLToPath((await files.keep(PICTURE)) ?? ""));
  rmSync(first, { recursive: true });
  writeFileSync(first, "no folder");
  expect(await files.keep(PICTURE)).toBeUndefined();
  const second = dirname(fileURLToPath((await files.keep(PICTURE)) ?? ""));
  expect(second).not.toBe(first);
  await files.remove();
  expect([first, second].filter((folder) => existsSync(folder))).toEqual([]);
});
