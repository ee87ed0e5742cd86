import { randomBytes } from "node:crypto";

/** Bounds on what is kept: the oldest pictures go first. */
export interface PictureLimits {
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: PictureType;
}

export type PictureType = "image/png" | "image/jpeg" | "image/webp" | "image/gif";

/** Pictures in memory, each under a name that can't be guessed: whoever has the link may look. */
export interface PictureStore {
  /** Keeps a picture; `undefined` for bytes that are none, or too many. */
  keep(bytes: Uint8Array<ArrayBuffer>): string | undefined;
  find(name: string): Picture | undefined;
}

const ENDINGS: Readonly<Record<PictureType, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
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
      const type = typeOf(bytes);
      if (type === undefined || bytes.length > maxBytes) return undefined;
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

/** By its first bytes. What is no picture of these kinds is not served: an SVG, say, can hold a program. */
function typeOf(bytes: Uint8Array): PictureType | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "image/webp";
  return /^GIF8[79]a/.test(head) ? "image/gif" : undefined;
}
