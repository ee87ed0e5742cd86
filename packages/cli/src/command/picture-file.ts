import { constants } from "node:fs";
import { access, stat, writeFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { InvalidOptionsError } from "@laplas/core";
import { reasonOf, withPath } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";
import type { Picture } from "./fetch-picture.js";

/** Looks before anything is spent whether pictures can be written there. @throws InvalidOptionsError */
export async function checkPlaces(
  terminal: Pick<Terminal, "resolve">,
  paths: readonly string[],
  overwrites: boolean,
): Promise<void> {
  for (const path of paths) {
    const place = terminal.resolve(path);
    const there = await stat(place).catch(() => undefined);
    if (there !== undefined && !overwrites)
      throw new InvalidOptionsError(`${path} is there already. --force writes over it.`);
    if (there?.isDirectory()) throw new InvalidOptionsError(`${path} can't be written: it is a folder.`);
    await access(there === undefined ? dirname(place) : place, constants.W_OK).catch((error: unknown) => {
      throw new InvalidOptionsError(`${path} can't be written: ${reasonOf(error)}.`, { cause: error });
    });
  }
}

/** Writes a picture that is paid for: beside a file that has come there meanwhile, never over it. @returns where it lies */
export async function writePicture(
  terminal: Pick<Terminal, "resolve">,
  path: string,
  { bytes, type }: Picture,
  overwrites: boolean,
): Promise<string> {
  const right = withType(path, type);
  for (let place = right, number = 2; ; place = numbered(right, number), number += 1) {
    try {
      // What was looked at is what may be written over, not a name that the picture's type has made.
      await writeFile(terminal.resolve(place), bytes, { flag: overwrites && place === path ? "w" : "wx" });
      return place;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return withPath(place)(error);
    }
  }
}

/** `boat-2.png` of `boat.png`. */
export function numbered(path: string, number: number): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${number}${extension}`;
}

const EXTENSIONS: Readonly<Record<Picture["type"], string | undefined>> = {
  "image/jpeg": ".jpg",
  "image/webp": ".webp",
  "image/png": ".png",
  "image/gif": ".gif",
  "image/avif": ".avif",
  "image/svg+xml": ".svg",
  unknown: undefined,
};

/** A server may draw JPEGs: a file's name should not say otherwise. One that says nothing stays as it is. */
function withType(path: string, type: Picture["type"]): string {
  const extension = extname(path);
  const named = extension.toLowerCase().replace(".jpeg", ".jpg");
  const right = EXTENSIONS[type];
  if (right === undefined || named === right || !/^\.(png|jpg|webp|gif)$/.test(named)) return path;
  return path.slice(0, path.length - extension.length) + right;
}
