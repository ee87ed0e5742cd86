import { z } from "zod";
import type { LaplasImages } from "./laplas-images.js";

/** What a model says to have a picture drawn. */
export interface LaplasImageToolInput {
  prompt: string;
  size?: string | undefined;
  image_url?: string | undefined;
}

/** Asks for what is still open: the size unless it is fixed, and a picture to draw from where the model needs one. */
export function imageToolSchema({
  size,
  needsPicture,
}: LaplasImages): z.ZodType<LaplasImageToolInput, LaplasImageToolInput> {
  const prompt = z.string().min(1).describe("What to draw: subject, surroundings, style. In English.");
  if (needsPicture) {
    return z.object({ prompt, image_url: z.string().min(1).describe("Address of the picture to draw from.") });
  }
  if (size !== undefined) return z.object({ prompt });
  const pixels = z.string().describe("Width and height in pixels, as in 512x512. Leave it out unless asked for.");
  return z.object({ prompt, size: pixels.optional() });
}
