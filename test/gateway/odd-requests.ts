import fc from "fast-check";

/** A request as bytes, and what is known of it. */
export interface OddRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly method: string;
  /** Whether it says that more is to come than comes: then its client leaves. */
  readonly endsEarly: boolean;
}

/** Stands wherever a prompt can. */
export const PROMPT = "prompt-that-nobody-else-may-see-41c9";

const MODELS = {
  chat: [
    ...["gpt-4o-mini", "o1-mini", "o3-mini", "claude-3-5-sonnet-20240620", "gemini-1.5-pro", "MiniMax-Text-01"],
    ...["meta-llama/Llama-3.3-70B-Instruct-Turbo", "google/gemma-3-27b-it", "deepseek-chat"],
  ],
  embedding: ["text-embedding-3-small", "text-embedding-ada-002", "BAAI/bge-base-en-v1.5", "voyage-2"],
  image: ["flux/schnell", "flux/dev/image-to-image", "dall-e-3", "imagen-3.0-generate-002", "recraft-v3"],
  none: ["veo2", "gpt-4o-mni"],
};
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "length",
  "then",
  "toJSON",
];
const FIELDS = [
  ...[
    "messages",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "n",
    "stop",
    "stream",
    "stream_options",
  ],
  ...[
    "tools",
    "tool_choice",
    "functions",
    "response_format",
    "seed",
    "user",
    "system",
    "thinking",
    "metadata",
    "logprobs",
  ],
  ...["input", "encoding_format", "dimensions", "prompt", "size", "image_size", "num_images", "image_url", "quality"],
];
const CALLS = ["/v1/chat/completions", "/v1/embeddings", "/v1/images/generations", "/v1/check"];
const PATHS = [...CALLS, "/v1/models", "/v1/quota", "/health", "/ready", "/images/x.png", "/v1/responses"];

/**
 * JSON's text, made of texts: some of it no object could say, like a number beyond all bounds or a field twice.
 *
 * @param words every text in it, but for names of fields
 */
function valuesOf(words: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const scalar = fc.oneof(words.map(quote), number, fc.constantFrom("true", "false", "null"));
  const deep = fc
    .tuple(
      fc.constantFrom(["[", "]"], ['{"a":', "}"], ['{"content":[', "]}"]),
      fc.constantFrom(10, 500, 3_000, 15_000),
      scalar,
    )
    .map(([[open, close], depth, core]) => `${open?.repeat(depth)}${core}${close?.repeat(depth)}`);
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      { weight: 4, arbitrary: scalar },
      { weight: 2, arbitrary: tie("list") },
      { weight: 2, arbitrary: tie("object") },
    ),
    list: fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join()}]`),
    object: fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map(objectText),
  }));
  return fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: deep });
}

const quote = (words: string): string => JSON.stringify(words);
const plainText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "\u0000", "\ud800", "https://127.0.0.1:9/x.png", "data:image/png;base64,AAAA", ...NAMES),
);
const promptText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(PROMPT, `Write 20 words about ${PROMPT}.`) },
  { weight: 1, arbitrary: plainText },
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom("1e400", "-1e400", "1e-400", "-0", "9007199254740993", "512", "0", "-1", "0.5", "9".repeat(400)),
);
const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES, "a", "text", "content", "length") },
  fc.string(),
);
/** What a message may show of the caller's own, like a wrong `max_tokens`. */
const anything = valuesOf(plainText);
/** What stands where a prompt does. */
const said = valuesOf(promptText);
const quoted = promptText.map(quote);

const part = fc.oneof(
  quoted.map((words) => `{"type":"text","text":${words}}`),
  fc.tuple(anything, said).map(([type, words]) => `{"type":${type},"text":${words}}`),
  said.map((url) => `{"type":"image_url","image_url":${url}}`),
  said,
);
const content = fc.oneof(
  { weight: 3, arbitrary: quoted },
  fc.array(part, { maxLength: 3 }).map((parts) => `[${parts.join()}]`),
  said,
);
const toolCall = fc.oneof(
  fc
    .tuple(plainText.map(quote), said)
    .map(([name, given]) => `{"id":"c1","type":"function","function":{"name":${name},"arguments":${given}}}`),
  said,
);
const role = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('"user"', '"assistant"', '"system"', '"developer"', '"tool"') },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES).map(quote) },
  { weight: 1, arbitrary: anything },
);
const message = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .tuple(role, content, seldom(fc.array(toolCall, { maxLength: 2 }).map(listText)), seldom(fc.tuple(key, said)))
      .map(([who, what, calls, more]) =>
        objectText([
          ["role", who],
          ["content", what],
          ...(calls === null ? [] : ([["tool_calls", calls]] as const)),
          ...(more === null ? [] : [more]),
        ]),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(role, said).map(([who, calls]) => `{"role":${who},"content":null,"tool_calls":${calls}}`),
  },
  { weight: 1, arbitrary: said },
);
const tool = fc.oneof(
  fc
    .tuple(plainText.map(quote), said)
    .map(([name, schema]) => `{"type":"function","function":{"name":${name},"parameters":${schema}}}`),
  anything,
);

type Fields = readonly (readonly [name: string, value: string])[];
const others = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...FIELDS, ...NAMES), key), anything), { maxLength: 2 });
const body = (models: readonly string[], fields: fc.Arbitrary<Fields>): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...models).map(quote) },
        { weight: 2, arbitrary: fc.constantFrom(...Object.values(MODELS).flat()).map(quote) },
        { weight: 1, arbitrary: anything },
      ),
      fields,
      seldom(others),
    )
    .map(([model, own, more]) => objectText([["model", model], ...own, ...(more ?? [])]));

const chatBody = body(
  MODELS.chat,
  fc
    .tuple(
      fc.oneof(
        { weight: 15, arbitrary: fc.array(message, { minLength: 1, maxLength: 3 }).map(listText) },
        { weight: 1, arbitrary: said },
      ),
      seldom(fc.array(tool, { maxLength: 2 }).map(listText)),
      fc.constantFrom("true", "false", "null", '"yes"'),
    )
    .map(([messages, tools, stream]) => [
      ["messages", messages],
      ["stream", stream],
      ...(tools === null ? [] : ([["tools", tools]] as const)),
    ]),
);
const embeddingBody = body(
  MODELS.embedding,
  fc
    .tuple(content, seldom(anything))
    .map(([input, format]) => [["input", input], ...(format === null ? [] : ([["encoding_format", format]] as const))]),
);
const imageBody = body(
  MODELS.image,
  fc
    .tuple(content, seldom(anything), seldom(anything))
    .map(([prompt, size, format]) => [
      ["prompt", prompt],
      ...(size === null ? [] : ([["size", size]] as const)),
      ...(format === null ? [] : ([["response_format", format]] as const)),
    ]),
);
const anyBody = fc.oneof({ weight: 4, arbitrary: chatBody }, embeddingBody, imageBody);

/** A body made worse: cut, or with bytes that are no text. */
const broken = fc
  .tuple(anyBody, fc.nat(400), fc.uint8Array({ maxLength: 4 }))
  .map(([json, cut, bytes]) => Buffer.concat([Buffer.from(json.slice(0, cut)), bytes, Buffer.from(json.slice(cut))]));
const cut = fc.tuple(anyBody, fc.nat(200)).map(([json, end]) => Buffer.from(json.slice(0, end)));

const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...CALLS) },
  { weight: 4, arbitrary: fc.constantFrom(...PATHS) },
  fc.webPath().map((given) => `/${given.replace(/^\//, "")}`),
  fc.string().map((name) => `/v1/models/${encodeURIComponent(name.toWellFormed())}`),
  fc.constantFrom(...NAMES).map((name) => `/v1/models/${name}`),
  fc.constantFrom(
    "*",
    "//",
    "/.",
    "/v1/../v1/models",
    "/v1\\models",
    "/%",
    "/%00",
    "/%E0%A4%A",
    "/v1/models/%2e%2e",
    "?",
    "/?a[b]",
  ),
  fc
    .tuple(
      fc.constantFrom("localhost", "evil.example.com", "[::1]", ":80", "a b", "", "x@localhost", "x:y@[::1]"),
      fc.constantFrom(...PATHS),
    )
    .map(([host, rest]) => `http://${host}${rest}`),
  fc.nat(20_000).map((length) => `/v1/models/${"m".repeat(length)}`),
);
/** Where to, and what. */
const asked: fc.Arbitrary<readonly [path: string, payload: Uint8Array]> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom("/v1/chat/completions", "/v1/check"), chatBody.map(toBytes)) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("/v1/embeddings", "/v1/check"), embeddingBody.map(toBytes)) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("/v1/images/generations", "/v1/check"), imageBody.map(toBytes)) },
  fc.tuple(
    fc.constant("/v1/check"),
    fc.array(anyBody, { maxLength: 3 }).map((bodies) => toBytes(`{"requests":${listText(bodies)}}`)),
  ),
  fc.tuple(path, anyBody.map(toBytes)),
  fc.tuple(path, fc.oneof(anything.map(toBytes), broken, cut, fc.uint8Array({ maxLength: 60 }))),
);
const method = fc.oneof(
  { weight: 40, arbitrary: fc.constant("POST") },
  fc.constantFrom(
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "QUERY",
    "PROPFIND",
    "post",
    "X",
    "GET /",
    "",
  ),
);

const headerValue = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.nat(20_000).map((length) => "v".repeat(length)),
  fc.constantFrom(
    "",
    " ",
    "\t",
    "\u0000",
    "a\rb",
    "null",
    "close",
    "chunked",
    "gzip",
    "100-continue",
    "Bearer x",
    "*/*",
    "-1",
  ),
);
const header = fc.oneof(
  { weight: 12, arbitrary: fc.constant(["content-type", "application/json"] as const) },
  fc.tuple(
    fc.constantFrom(
      "authorization",
      "origin",
      "accept",
      "x-request-id",
      "expect",
      "upgrade",
      "te",
      "cookie",
      "x-api-key",
      "range",
      "if-none-match",
      "content-encoding",
      "accept-encoding",
      "access-control-request-method",
      "openai-organization",
      "__proto__",
      "constructor",
      "x-stainless-retry-count",
    ),
    headerValue,
  ),
  fc.tuple(fc.string({ minLength: 1, maxLength: 12 }), headerValue),
);
const host = fc.oneof(
  { weight: 60, arbitrary: fc.constant("localhost") },
  fc.constantFrom(
    "localhost:4114",
    "127.0.0.1",
    "[::1]:4114",
    "evil.example.com",
    "",
    "a b",
    "[::1",
    "localhost:99999",
    "x@y",
    "\u00e9",
    "a,b",
  ),
);
/** How the body's end is told. */
const framing = fc.oneof(
  { weight: 24, arbitrary: fc.constant("length" as const) },
  { weight: 8, arbitrary: fc.constant("chunked" as const) },
  fc.constantFrom("none", "too long", "too short", "negative", "huge", "both", "broken chunk", "endless chunks"),
);

/** Requests from nearly right to no HTTP at all. */
export const oddRequest: fc.Arbitrary<OddRequest> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({ method, asked, host, headers: fc.array(header, { maxLength: 2 }), framing }).map(toRequest),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 200 })
      .map((bytes) => ({ bytes: Buffer.from(bytes), method: "", endsEarly: true })),
  },
);

function toRequest(given: {
  method: string;
  asked: readonly [path: string, payload: Uint8Array];
  host: string;
  headers: (readonly [string, string])[];
  framing: string;
}): OddRequest {
  const { method: verb, host: name, headers, framing: how } = given;
  const [target, bytes] = given.asked;
  const length = bytes.length;
  const lines = [`${verb} ${target} HTTP/1.1`, `host: ${name}`, "connection: close"];
  for (const [field, words] of headers) lines.push(`${field}: ${words}`);
  if (how === "length" || how === "both") lines.push(`content-length: ${length}`);
  if (how === "too long") lines.push(`content-length: ${length + 10}`);
  if (how === "too short") lines.push(`content-length: ${Math.max(0, length - 10)}`);
  if (how === "negative") lines.push("content-length: -5");
  if (how === "huge") lines.push("content-length: 99999999999999999");
  const isChunked = how.includes("chunk") || how === "both";
  if (isChunked) lines.push("transfer-encoding: chunked");
  const size = how === "broken chunk" ? "zz" : length.toString(16);
  const end = how === "endless chunks" ? "" : "0\r\n\r\n";
  const framed =
    isChunked && length > 0
      ? [Buffer.from(`${size}\r\n`), bytes, Buffer.from(`\r\n${end}`)]
      : isChunked
        ? [Buffer.from(end)]
        : [bytes];
  return {
    bytes: Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), ...framed]),
    method: verb,
    // Whatever the headers make of it, a client that waited for more would wait for ever.
    endsEarly: how !== "length" && how !== "chunked",
  };
}

/** As JSON text, so that a field can stand twice, or be named `__proto__`. */
function objectText(fields: readonly (readonly [name: string, value: string])[]): string {
  return `{${fields.map(([name, given]) => `${JSON.stringify(name)}:${given}`).join()}}`;
}

function listText(values: readonly string[]): string {
  return `[${values.join()}]`;
}

function toBytes(text: string): Uint8Array {
  return Buffer.from(text);
}

function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}
