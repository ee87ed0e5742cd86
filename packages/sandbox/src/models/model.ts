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
}

export type ChatFamilyName = "openai-like";

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

export type Model = ChatModel | EmbeddingModel;
