import type { ReasoningStyle } from "./reasoning-style.js";

/**
 * Where a rate is from. `sample`: each side of the published "Hello" is a whole number of tokens at it, as a public price in
 * USD per million x 2.1, for some with 5 % on top. `list`: the list price of April 2025 x 2.1, which no sample contradicts.
 * `near`: the public price nearest to a sample that contradicts the list. `spread`: the sample over 8 prompt and 10
 * completion tokens. `sibling`: another model's of the same page or name. `assumed`: what small models of its kind cost.
 */
export type RateSource = "sample" | "list" | "near" | "spread" | "sibling" | "assumed";

/** A chat model as the sandbox serves it. Rates are API tokens per model token. */
export interface ChatModel {
  kind: "chat";
  id: string;
  name: string;
  vendor: string;
  /** Name of the request family: the file under `families/` that reads its bodies. */
  family: ChatFamilyName;
  contextTokens: number | null;
  inputRate: number;
  outputRate: number;
  rateSource: RateSource;
  reasoning: ReasoningStyle;
}

export type ChatFamilyName = "openai-like" | "together-like" | "minimax" | "gemini" | "claude";

/** An embedding model as the sandbox serves it. */
export interface EmbeddingModel {
  kind: "embedding";
  id: string;
  name: string;
  vendor: string;
  /** Name of the request shape: the file under `embeddings/` that reads its bodies. */
  shape: EmbeddingShapeName;
  contextTokens: number | null;
  dimensions: number;
  rate: number;
  rateSource: RateSource;
}

export type EmbeddingShapeName = "openai" | "voyage" | "google" | "single-string";

/** An image model as the sandbox serves it. */
export interface ImageModel {
  kind: "image";
  id: string;
  name: string;
  vendor: string;
  contextTokens: null;
  /** Name of the request shape: the schema in `images/image-shapes.ts` that reads its bodies. */
  shape: ImageShapeName;
  /** What the free tier limits: images per request, their size, or nothing that its page lists. */
  free: "one-image" | "small-image" | "unlisted";
}

export type ImageShapeName =
  | "flux-pro"
  | "flux-ultra"
  | "flux-dev"
  | "flux-schnell"
  | "image-to-image"
  | "stable-diffusion"
  | "recraft"
  | "imagen"
  | "dall-e";

export type Model = ChatModel | EmbeddingModel | ImageModel;
