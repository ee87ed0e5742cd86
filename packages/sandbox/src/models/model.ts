import type { ReasoningStyle } from "./reasoning-style.js";

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
