import type { ImageSize } from "./image-size.js";

/** What an image body asks for, the same for every shape. */
export interface ImageRequest extends ImageSize {
  prompt: string;
  count: number;
  seed: number | undefined;
  /** Where the answer has its images, and whether as links. */
  answer: "images" | "images-without-size" | "data";
  base64: boolean;
  /** The picture to start from; its size is the answer's. */
  reference: string | undefined;
}

/** The fields that every body has, under the names of the most. */
interface CommonBody {
  prompt: string;
  num_images: number;
  seed?: number | undefined;
}

/** Brings a checked body into the sandbox's own form. */
export function toRequest(body: CommonBody, size: ImageSize, extra: Partial<ImageRequest> = {}): ImageRequest {
  const { prompt: text, num_images, seed: given } = body;
  return {
    prompt: text,
    count: num_images,
    seed: given,
    ...size,
    answer: "images",
    base64: false,
    reference: undefined,
    ...extra,
  };
}
