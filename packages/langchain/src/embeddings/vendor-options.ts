import type { EmbeddingModel } from "@laplas/core";

/** What vectors of Google's models are for. */
export type TaskType =
  | "RETRIEVAL_QUERY"
  | "RETRIEVAL_DOCUMENT"
  | "SEMANTIC_SIMILARITY"
  | "CLASSIFICATION"
  | "CLUSTERING"
  | "QUESTION_ANSWERING"
  | "FACT_VERIFICATION";

/** Options that only some vendors' models have. One that the model lacks is an `invalid_request` naming it. */
export interface VendorOptions {
  /** Length of the vectors (OpenAI, Google). @default the model's own */
  dimensions?: number | undefined;
  /**
   * What the vectors are for (Google). @default "RETRIEVAL_DOCUMENT" for documents and "RETRIEVAL_QUERY" for queries, on the
   * models for which Google documents it
   */
  taskType?: TaskType | undefined;
  /**
   * Says that documents are documents (Voyage). Never sent with a query: the API's schema has no word for one, and by
   * Voyage's word vectors with and without it may be compared. @default not sent
   */
  inputType?: "document" | undefined;
  /** Title of the documents (Google). Never sent with a query. */
  title?: string | undefined;
  /** Whether texts that are too long are cut instead of refused (Google). @default the server's, true */
  autoTruncate?: boolean | undefined;
}

/** Whether texts are to be found, or to find with. */
export type TextRole = "document" | "query";

/** The options in the words of the request body. */
export function vendorFields(
  options: VendorOptions,
  role: TextRole,
  model: EmbeddingModel | undefined,
): Record<string, unknown> {
  const { dimensions, taskType = defaultTask(role, model), inputType, title, autoTruncate } = options;
  const fields = {
    dimensions,
    task_type: taskType,
    auto_truncate: autoTruncate,
    ...(role === "document" ? { input_type: inputType, title } : {}),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * As Google's own LangChain package does. Without a task Google's server takes a text for a query, so documents would be
 * embedded as what they are not. Its first models (`@001`) are not in Google's list of those that take one.
 */
function defaultTask(role: TextRole, model: EmbeddingModel | undefined): TaskType | undefined {
  if (model === undefined || !model.embedding.parameters.includes("task_type")) return undefined;
  if (model.id.endsWith("@001")) return undefined;
  return role === "document" ? "RETRIEVAL_DOCUMENT" : "RETRIEVAL_QUERY";
}
