import type { ProviderDocument } from "@laplas/core";
import { cerebrasDocument } from "./documents/cerebras.js";
import { cloudflareDocument } from "./documents/cloudflare.js";
import { geminiDocument } from "./documents/gemini.js";
import { groqDocument } from "./documents/groq.js";
import { localDocument } from "./documents/local.js";
import { mistralDocument } from "./documents/mistral.js";
import { nvidiaDocument } from "./documents/nvidia.js";
import { openrouterDocument } from "./documents/openrouter.js";
import { sambanovaDocument } from "./documents/sambanova.js";
import { type ProviderFactory, provider } from "./provider.js";

export { type ProviderFactory, provider };

/** laplas itself, the provider that comes with the engine. */
export const laplas: ProviderFactory = provider("laplas");
export const groq: ProviderFactory = provider(groqDocument);
export const gemini: ProviderFactory = provider(geminiDocument);
export const openrouter: ProviderFactory = provider(openrouterDocument);
export const cloudflare: ProviderFactory = provider(cloudflareDocument);
export const mistral: ProviderFactory = provider(mistralDocument);
export const cerebras: ProviderFactory = provider(cerebrasDocument);
export const nvidia: ProviderFactory = provider(nvidiaDocument);
export const sambanova: ProviderFactory = provider(sambanovaDocument);
export const local: ProviderFactory = provider(localDocument);

/** All documents of this package, the most useful first: for lists, and for a table of one's own. */
export const documents: readonly ProviderDocument[] = [
  groqDocument,
  geminiDocument,
  openrouterDocument,
  cloudflareDocument,
  mistralDocument,
  cerebrasDocument,
  nvidiaDocument,
  sambanovaDocument,
  localDocument,
];
