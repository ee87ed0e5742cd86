import type { ModelName } from "../catalog/model.js";

/** A parsed JSON object. */
export interface JsonObject {
  [key: string]: unknown;
}

/** One message, in OpenAI's shape. Fields a dialect does not know are refused by name, never dropped in silence. */
export interface ChatMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool" | "function" | (string & {});
  content?: string | null | readonly ContentPart[];
  name?: string;
  tool_calls?: readonly ToolCall[];
  tool_call_id?: string;
  [key: string]: unknown;
}

/** One part of a message's content. */
export interface ContentPart {
  type: string;
  text?: string;
  [key: string]: unknown;
}

/** A call of a function that the model asks for. `arguments` is JSON text, cut where the output limit cut it. */
export interface ToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

/** Body of `POST /chat/completions`, OpenAI's shape. Unlisted fields pass. */
export interface ChatRequest {
  model: ModelName;
  messages: readonly ChatMessage[];
  /** Model tokens. The tier's limit holds where this is absent or larger. */
  max_tokens?: number | null;
  /** OpenAI's newer name of the same limit; the smaller of both counts. */
  max_completion_tokens?: number | null;
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean } | null;
  temperature?: number | null;
  top_p?: number | null;
  n?: number | null;
  stop?: string | readonly string[] | null;
  tools?: readonly unknown[] | null;
  tool_choice?: unknown;
  response_format?: unknown;
  [key: string]: unknown;
}

/** In model tokens, by which clients manage their context: of a chat all three counts and both details are there, of an embedding two. */
export interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
  /** True where the provider told too little to know the counts: they are estimated from characters. */
  estimated?: boolean;
  /** The cost of the call, where the provider counts in API tokens. */
  api_tokens?: number;
  /** The same where it counts in another unit of its own. */
  credits?: number;
  [key: string]: unknown;
}

/** What the model said, whole. */
export interface ChatAnswerMessage {
  role: "assistant";
  content: string | null;
  refusal?: string | null;
  reasoning_content?: string | null;
  tool_calls?: ToolCall[];
  [key: string]: unknown;
}

/** Answer of `POST /chat/completions`, OpenAI's shape. */
export interface ChatCompletion {
  id: string;
  object: "chat.completion";
  created: number;
  /** Often differs from the id asked for. */
  model: string;
  choices: { index: number; message: ChatAnswerMessage; finish_reason: string | null; [key: string]: unknown }[];
  usage?: Usage;
  [key: string]: unknown;
}

/** What a chunk adds to the answer. */
export interface ChatDelta {
  role?: string;
  content?: string | null;
  reasoning_content?: string | null;
  tool_calls?: { index: number; id?: string; type?: string; function?: { name?: string; arguments?: string } }[];
  [key: string]: unknown;
}

/** One event of a streamed answer. With `stream_options.include_usage` the last one has `usage` and no choices, of every model. */
export interface ChatCompletionChunk {
  id: string;
  object: "chat.completion.chunk";
  created: number;
  model: string;
  choices: { index: number; delta: ChatDelta; finish_reason: string | null; [key: string]: unknown }[];
  usage?: Usage | null;
  [key: string]: unknown;
}

/** Body of `POST /embeddings`, OpenAI's shape. */
export interface EmbeddingRequest {
  model: ModelName;
  /** Texts; of OpenAI's models also token ids of cl100k_base, which become texts here. */
  input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  encoding_format?: "float" | "base64";
  dimensions?: number;
  [key: string]: unknown;
}

/** Answer of `POST /embeddings`, in the order of the input. */
export interface EmbeddingList {
  object: "list";
  /** `embedding` is base64 of little-endian floats if that was asked for. */
  data: { object: "embedding"; index: number; embedding: number[] | string }[];
  model: string;
  usage?: Usage;
  [key: string]: unknown;
}

/** Body of `POST /images/generations`: OpenAI's shape, or `num_images` and `image_size` as some clients send them. */
export interface ImageRequest {
  model: ModelName;
  prompt: string;
  n?: number | null;
  /** As `512x512`. */
  size?: string | null;
  num_images?: number | null;
  /** Pixels, or the name of a preset. */
  image_size?: string | { width: number; height: number } | null;
  aspect_ratio?: string | null;
  /** The picture to draw from, for image-to-image models. */
  image_url?: string | null;
  response_format?: "url" | "b64_json" | null;
  [key: string]: unknown;
}

/** Answer of `POST /images/generations`, whichever shape the server gave. */
export interface ImageList {
  /** Seconds since 1970. */
  created: number;
  data: {
    url?: string;
    b64_json?: string;
    revised_prompt?: string;
    width?: number;
    height?: number;
    content_type?: string;
    [key: string]: unknown;
  }[];
  /** A text where the number is larger than JavaScript counts exactly. */
  seed?: number | string;
  usage?: Usage;
  [key: string]: unknown;
}
