import type { ProviderDocument } from "@laplas/core";

/**
 * A server on this machine: Ollama at its usual address, or llama.cpp's at `baseURL: "http://127.0.0.1:8080/v1"`. The last resort: slow and
 * without limits, so `auto` takes it only where a route names it. No model comes with it, and none is pulled.
 */
export const localDocument: ProviderDocument = {
  id: "local",
  title: "A server on this machine",
  baseURL: "http://127.0.0.1:11434/v1",
  models: "listed",
  tiers: [
    {
      name: "local",
      title: "This machine",
      rules: [
        {
          id: "one_at_a_time",
          kind: "concurrency",
          limit: 1,
          // No goodForDays: this is no limit that somebody else could change.
          evidence: {
            source: "one machine answers one request at a time fastest",
            date: "2026-11-28",
            status: "assumed",
          },
        },
      ],
    },
  ],
  // It stops when the connection is gone.
  lingerMs: 0,
  terms: {
    training: { value: "no", source: "prompts do not leave this machine", date: "2026-11-28" },
    production: {
      value: "yes",
      note: "the licence of the model decides",
      source: "your own machine",
      date: "2026-11-28",
    },
    severalKeys: { value: "unknown", note: "there are none", source: "your own machine", date: "2026-11-28" },
  },
};
