import { createHash } from "node:crypto";
import { drawPicture, type Picture } from "../drawing/draw-picture.js";

/** The pictures that answers link to. They are drawn when somebody looks. */
export interface PictureStore {
  /** Keeps a picture and returns its id, which is the same for the same picture. */
  add(picture: Picture): string;
  find(id: string): Picture | undefined;
  /** The PNG; undefined for an id that is unknown or has been forgotten. */
  png(id: string): Buffer | undefined;
  /** How many requests without a seed asked for this prompt before: each gets another picture, as a model would make. */
  earlier(prompt: string): number;
  clear(): void;
}

const mostPictures = 1000;
/** Bytes of the last ones drawn are kept: a page asks twice, and the largest takes two seconds to draw. */
const mostDrawn = 8;

export function createPictureStore(): PictureStore {
  const pictures = new Map<string, Picture>();
  const drawn = new Map<string, Buffer>();
  const asked = new Map<string, number>();
  return {
    add(picture) {
      const id = createHash("sha256").update(JSON.stringify(picture)).digest("hex").slice(0, 24);
      keep(pictures, id, picture, mostPictures);
      return id;
    },
    find: (id) => pictures.get(id),
    png(id) {
      const picture = pictures.get(id);
      if (!picture) return undefined;
      const png = drawn.get(id) ?? drawPicture(picture);
      keep(drawn, id, png, mostDrawn);
      return png;
    },
    earlier(prompt) {
      const count = asked.get(prompt) ?? 0;
      keep(asked, prompt, count + 1, mostPictures);
      return count;
    },
    clear() {
      asked.clear();
      pictures.clear();
      drawn.clear();
    },
  };
}

/** Puts an entry last and drops the oldest beyond the limit. */
function keep<Value>(entries: Map<string, Value>, id: string, value: Value, limit: number): void {
  entries.delete(id);
  entries.set(id, value);
  const [oldest] = entries.keys();
  if (entries.size > limit && oldest !== undefined) entries.delete(oldest);
}
