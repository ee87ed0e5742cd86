/** The models of the demo: cheap ones. */
export const CHAT = { model: "gpt-4o-mini", temperature: 0, maxTokens: 200 } as const;
export const EMBEDDING = { model: "text-embedding-3-small", batchSize: 100 } as const;
export const PICTURE = { model: "flux/schnell", size: "512x512" } as const;

/** Pieces of text that an answer is made from. */
export const PIECES_PER_QUESTION = 6;
