/** What a model makes; it decides the endpoint. */
export type Modality = "chat" | "image" | "embedding";

/** The request shape a chat model takes. Five are published; all answer in OpenAI's envelope. */
export type Dialect = "openai" | "together" | "minimax" | "gemini" | "claude";

/** Providers add the ids of their models, so that editors complete them. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging, in the providers' folders
export interface KnownModelIds {}

/** The id of a model that comes with the package, completed by the editor, or any other name: the catalog decides what it knows. */
export type ModelName = keyof KnownModelIds | (string & {});

/** Two figures of one call: what goes in, and what comes out. */
export interface InputOutput {
  readonly input: number;
  readonly output: number;
}

/** What a model token costs, in the provider's unit. An estimate to start from: settled calls teach the true figure. */
export interface ModelRates extends InputOutput {
  /** One sentence: where the figures are from, of which date, and whether published or inferred. */
  readonly evidence: string;
}

/**
 * Which mark shows that a model's thoughts stand in `content`. `none`: they never do. `start`: where an answer begins with
 * `<think>`. `end`: the model always thinks first, and its server may leave `<think>` out, so `</think>` alone shows it too.
 */
export type ThinkMarks = "none" | "start" | "end";

/** What the documentation says a chat model can do. It feeds profiles and the dialect; it never blocks a call. */
export interface ChatCapabilities {
  /** Listed under function calling. `false` means "not documented", not "refused". */
  readonly tools: boolean;
  readonly streaming: boolean;
  /** Takes a `system` message; o1-mini and o1-preview answer 400 to one. */
  readonly systemRole: boolean;
  readonly responseFormat: boolean;
  /** Can think before it answers, unasked or (Claude) when `thinking` asks for it; the thinking counts as output. */
  readonly reasoning: boolean;
  /** Where its thoughts stand in the text of its answers. They reach the caller as `reasoning_content`. */
  readonly thinkMarks: ThinkMarks;
  /** The name under which this model takes its output limit. */
  readonly outputLimitName: "max_tokens" | "max_completion_tokens";
  /** Goes on right behind a last message of its own: an answer that is cut needs no instruction. `false` means that nobody has shown it. */
  readonly prefill?: { readonly evidence: string } | undefined;
  /** What becomes of root fields that its request shape does not list. Claude's shape is closed: there they are always dropped. */
  readonly extraFields: "sent" | "dropped";
}

/** How an embedding model takes its input. */
export interface EmbeddingShape {
  /** `strings`: one string or a list. `string`: exactly one, so a list becomes one call per text. */
  readonly input: "strings" | "string";
  /** Longest text sent as a single string, in characters. */
  readonly maxCharacters?: number | undefined;
  /** Longest text inside a list, in characters, where it differs from `maxCharacters`. */
  readonly maxItemCharacters?: number | undefined;
  /** Length of a vector, where published. */
  readonly dimensions?: number | undefined;
  /** Takes `encoding_format: "base64"`. */
  readonly base64: boolean;
  /** The encoding whose token ids OpenAI's clients may send in place of texts. They are read here: the server takes texts. */
  readonly tokens?: "cl100k_base" | undefined;
  /** Root keys allowed besides `model` and `input`; the server answers 400 to any other. */
  readonly parameters: readonly string[];
}

/** How an image model takes size and count. */
export interface ImageShape {
  /** The root key that carries the size; `none` where it can't be chosen. */
  readonly sizeParameter: "size" | "image_size" | "aspect_ratio" | "none";
  /** What the server draws when no size is given: `1024x1024`, a preset such as `square_hd`, or a ratio such as `16:9`. */
  readonly defaultSize?: string | undefined;
  /** The sizes, presets or ratios accepted by name. */
  readonly sizes?: readonly string[] | undefined;
  /** Published bounds of a side, in pixels, where width and height are free. */
  readonly sidePixels?: { readonly min: number; readonly max: number; readonly multipleOf: number } | undefined;
  readonly countParameter: "n" | "num_images";
  readonly maxCount: number;
  /** `required`: draws from a picture given as `image_url`, which is an input here and not an attachment. */
  readonly referenceImage: "none" | "required";
  readonly maxPromptCharacters: number;
  /** Published bounds of `seed`, where the model takes one. */
  readonly seed?: { readonly least: number; readonly most?: number | undefined } | undefined;
  /** Other root keys, besides `model`, `prompt`, size, count and `image_url`. */
  readonly parameters: readonly string[];
  /** The words of a parameter that takes no others. */
  readonly values?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The server answers 400 to any root key not named here (dall-e). Of the others' unknown keys nothing is published. */
  readonly strictRoot?: boolean | undefined;
}

/** What every model has, whatever it makes. */
export interface ModelFacts {
  /** The primary id. */
  readonly id: string;
  /** Other ids of the same model. They are sent as the caller wrote them. */
  readonly aliases: readonly string[];
  /** Name in the documentation; several models may share one. */
  readonly label: string;
  readonly vendor: string;
  /** Seconds since 1970: when the model came to be, where its provider says so. */
  readonly created?: number | undefined;
  readonly contextTokens?: number | undefined;
  readonly rates?: ModelRates | undefined;
  /** What the published example call, a user message "Hello", was charged, in the provider's unit. */
  readonly hello?: InputOutput | undefined;
}

/** A model answering at `/chat/completions`. */
export interface ChatModel extends ModelFacts {
  readonly modality: "chat";
  readonly dialect: Dialect;
  readonly capabilities: ChatCapabilities;
}

/** A model answering at `/embeddings`. */
export interface EmbeddingModel extends ModelFacts {
  readonly modality: "embedding";
  readonly embedding: EmbeddingShape;
}

/** A model answering at `/images/generations`. */
export interface ImageModel extends ModelFacts {
  readonly modality: "image";
  readonly image: ImageShape;
}

/** One entry of the catalog. */
export type Model = ChatModel | EmbeddingModel | ImageModel;
