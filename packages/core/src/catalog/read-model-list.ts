import { complete } from "./merge-models.js";
import type { Modality, Model } from "./model.js";
import { modelEntrySchema } from "./model-entry.js";

/** A name for people is shown on one line. An id with one of these is left out instead. */
const CONTROLS = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;
/** Far above the longest list known, which has some hundred models. */
const MOST_MODELS = 10_000;

/** No model that chats has less. A smaller figure is a placeholder, and would have every call refused. */
const LEAST_CONTEXT = 256;

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reads a provider's list of models: OpenAI's shape, and looser ones. What can't be read, and what can't be called here, is left out.
 *
 * @returns `undefined` for what is no list
 */
export function readModelList(body: unknown): readonly Model[] | undefined {
  const entries = entriesOf(body);
  if (entries === undefined) return undefined;
  const models = new Map<string, Model>();
  const names = new Set<string>();
  for (const entry of entries) {
    const model = readModel(entry);
    // A name has one owner: the first.
    if (model === undefined || names.has(model.id)) continue;
    const aliases = model.aliases.filter((alias) => !names.has(alias));
    for (const name of [model.id, ...aliases]) names.add(name);
    models.set(model.id, { ...model, aliases });
  }
  return [...models.values()];
}

/** The entries of a list, up to a bound. @returns `undefined` for what is no list */
export function entriesOf(body: unknown): readonly unknown[] | undefined {
  const lists = Array.isArray(body) ? [body] : isObject(body) ? [body.data, body.models] : [];
  return lists.find((list) => Array.isArray(list))?.slice(0, MOST_MODELS);
}

/** The id of an entry, then its other name. */
export function namesOf(entry: unknown): string[] {
  const fields: Entry = isObject(entry) ? entry : { id: entry };
  const name = text(fields.id) ?? text(fields.name);
  if (name === undefined) return [];
  // Gemini lists "models/gemini-..." and takes either, while its documentation and limits have the short name.
  const id = name.replace(/^models\/(?=.)/, "");
  return id === name ? [id] : [id, name];
}

function readModel(entry: unknown): Model | undefined {
  const fields: Entry = isObject(entry) ? entry : { id: entry };
  const [id, ...aliases] = namesOf(entry);
  // Groq lists models that it has switched off.
  if (id === undefined || fields.active === false) return undefined;
  const modality = modalityOf(fields, id);
  if (modality === undefined) return undefined;
  const checked = modelEntrySchema().safeParse({
    id,
    modality,
    aliases,
    label: labelOf(fields, id),
    // OpenRouter names nobody, but its ids begin with the maker.
    vendor: (text(fields.owned_by) ?? makerOf(id))?.replace(CONTROLS, " ") ?? "unknown",
    created: whole(fields.created),
    contextTokens: contextOf(fields),
  });
  return checked.success ? complete(checked.data) : undefined;
}

/** As in `openai/gpt-oss-20b:free`. Cloudflare's ids begin with its own mark, and have the maker behind it: `@cf/openai/gpt-oss-20b`. */
function makerOf(id: string): string | undefined {
  return /^(?:@[^/]+\/)?([^@/][^/]*)\//.exec(id)?.[1];
}

/** Other kinds of model, which no endpoint here calls. */
const OTHER_NAME = /\b(?:whisper|orpheus|tts|stt|veo|lyria)\b|\b(?:llama|prompt)-guard\b/i;
const OTHER_KIND = /audio|speech|voice|transcri|\b(tts|stt|asr|ocr)\b|music|video|moderation|rerank|classif|safety/;

/** What a model makes, by what the list says of it, else by its name; `undefined` for what can't be called here. */
function modalityOf(fields: Entry, id: string): Modality | undefined {
  const info = isObject(fields.info) ? fields.info : {};
  const architecture = isObject(fields.architecture) ? fields.architecture : {};
  const outputs = architecture.output_modalities;
  if (Array.isArray(outputs) && outputs.length > 0) {
    // A model that also speaks or draws is asked in chat.
    const kinds = outputs.map((output) => (output === "text" ? "chat" : kindOf(output)));
    return (["chat", "image", "embedding"] as const).find((kind) => kinds.includes(kind));
  }
  for (const said of [fields.type, info.type]) {
    const kind = kindOf(said);
    if (kind === "other") return undefined;
    if (kind !== undefined) return kind;
  }
  if (OTHER_NAME.test(id)) return undefined;
  return /embed/i.test(id) ? "embedding" : /\bimagen\b/i.test(id) ? "image" : "chat";
}

/** `text-to-image`, `chat-completion`, `embeddings`: what a word for a kind means. Anthropic's type is "model", which says nothing. */
function kindOf(said: unknown): Modality | "other" | undefined {
  const words = text(said)?.toLowerCase();
  if (words === undefined) return undefined;
  if (words.includes("embed")) return "embedding";
  if (/chat|language|completion|text-generation|to-text|\bcode\b|\bllm\b/.test(words)) return "chat";
  if (OTHER_KIND.test(words)) return "other";
  return words.includes("image") ? "image" : undefined;
}

function contextOf(fields: Entry): number | undefined {
  const info = isObject(fields.info) ? fields.info : {};
  const { context_length, context_window, max_context_length, max_model_len } = fields;
  return [context_length, context_window, max_context_length, max_model_len, info.contextLength]
    .map(whole)
    .find((count) => count !== undefined && count >= LEAST_CONTEXT);
}

/** A name for people, where there is one beside the id. */
function labelOf({ name, display_name: shown, info }: Entry, id: string): string {
  const label = text(shown) ?? (isObject(info) ? text(info.name) : undefined) ?? text(name) ?? id;
  return label.replace(CONTROLS, " ");
}

function text(value: unknown): string | undefined {
  const trimmed = typeof value === "string" ? value.trim() : "";
  return trimmed === "" ? undefined : trimmed;
}

function whole(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function isObject(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
