import { randomBytes } from "node:crypto";
import { type PictureType, pictureType } from "@laplas/core";

/** Bounds on what is kept: the oldest pictures go first. */
export interface PictureLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: KeptType;
}

/** What is kept. An SVG is not: it can hold a program. */
type KeptType = Exclude<PictureType, "image/svg+xml">;

/** Pictures in memory, each under a name that can't be guessed: everyone with the link may look. */
export interface PictureStore {
  /** Keeps a picture; `undefined` for bytes that are none, or too many. */
  keep(bytes: Uint8Array<ArrayBuffer>): string | undefined;
  find(name: string): Picture | undefined;
}

const ENDINGS: Readonly<Record<KeptType, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/avif": "avif",
};

export function createPictureStore({ maxCount, maxBytes, maxAgeMs }: PictureLimits, now: () => number): PictureStore {
  /** In the order they came. */
  const kept = new Map<string, Picture & { readonly keptAt: number }>();
  let bytesKept = 0;

  const drop = (name: string, { bytes }: Picture): void => {
    kept.delete(name);
    bytesKept -= bytes.length;
  };
  const tidy = (): void => {
    for (const [name, picture] of kept) {
      const isOld = picture.keptAt + maxAgeMs <= now();
      if (!isOld && kept.size <= maxCount && bytesKept <= maxBytes) return;
      drop(name, picture);
    }
  };

  return {
    keep(bytes) {
      const type = pictureType(bytes);
      if (type === undefined || type === "image/svg+xml" || bytes.length > maxBytes) return undefined;
      const name = `${randomBytes(16).toString("hex")}.${ENDINGS[type]}`;
      kept.set(name, { bytes, type, keptAt: now() });
      bytesKept += bytes.length;
      tidy();
      return name;
    },
    find(name) {
      tidy();
      return kept.get(name);
    },
  };
}
