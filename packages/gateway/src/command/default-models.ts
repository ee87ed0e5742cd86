/** What is asked where no model is named: cheap ones that most programs know. */
export const DEFAULT_MODELS = {
  chat: "gpt-4o-mini",
  embedding: "text-embedding-3-small",
  image: "flux/schnell",
} as const;
