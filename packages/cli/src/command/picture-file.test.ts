import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { checkPlaces, writePicture } from "./picture-file.js";

const png = { bytes: Buffer.from("\x89PNG", "latin1"), type: "image/png" } as const;
const jpeg = { bytes: Buffer.from("\xff\xd8\xff", "latin1"), type: "image/jpeg" } as const;
const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "laplas-picture-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};

it("is called by what it is, but never takes a name that was not looked at", async () => {
  const place = folder();
  const path = join(place, "boat.png");
  expect(await writePicture({ resolve }, path, jpeg, false)).toBe(join(place, "boat.jpg"));
  expect(await writePicture({ resolve }, path, jpeg, true)).toBe(join(place, "boat-2.jpg"));
  expect(await writePicture({ resolve }, path, png, false)).toBe(path);
  // Somebody else's that came meanwhile.
  expect(await writePicture({ resolve }, path, png, false)).toBe(join(place, "boat-2.png"));
  expect(await writePicture({ resolve }, path, png, true)).toBe(path);
  expect(await writePicture({ resolve }, join(place, "boat"), png, false)).toBe(join(place, "boat"));
  expect(await writePicture({ resolve }, join(place, "boat.v2"), jpeg, false)).toBe(join(place, "boat.v2"));
});

it("is looked for before anything is spent", async () => {
  const place = folder();
  writeFileSync(join(place, "a.png"), "");
  await expect(checkPlaces({ resolve }, [join(place, "b.png"), join(place, "a.png")], false)).rejects.toThrow(
    /a\.png is there already/,
  );
  await checkPlaces({ resolve }, [join(place, "a.png")], true);
  await expect(checkPlaces({ resolve }, [place], true)).rejects.toThrow(/it is a folder/);
  await expect(checkPlaces({ resolve }, [join(place, "no", "a.png")], true)).rejects.toThrow(
    /ENOENT, there is no such file or folder/,
  );
});

it("says where it could not be written", async () => {
  await expect(writePicture({ resolve }, "/dev/full", png, true)).rejects.toMatchObject({
    code: "ENOSPC",
    path: "/dev/full",
  });
});
