import { describe, expect, it, test } from "vitest";
import { isForeignPath, otherMethodResponse, unknownPathMessage } from "./unknown-path.js";

const title = "laplas free tier";
const messageFor = (method: string, path: string): string => unknownPathMessage(method, path, title);
const lacks = (what: string): string => `here. ${title} has nothing for ${what}: only chat, embedding and image models`;
const speaks = (what: string, instead: string): string => `here. laplas does not speak ${what}. Use ${instead}`;
const CHAT = "POST /v1/chat/completions.";
const EMBEDDINGS = "POST /v1/embeddings.";

describe("a path that is not served", () => {
  test.each([
    ["POST", "/v1/audio/speech", lacks("speech")],
    ["POST", "/v1/audio/transcriptions", lacks("speech recognition")],
    ["POST", "/v1/audio/translations", lacks("speech recognition")],
    ["GET", "/v1/audio/voices", lacks("audio")],
    ["GET", "/v1/realtime", lacks("speech in real time")],
    ["POST", "/v1/realtime/sessions", lacks("speech in real time")],
    ["POST", "/v1/moderations", lacks("moderation")],
    ["POST", "/v1/images/edits", lacks("image editing")],
    ["POST", "/v1/images/variations", lacks("variations of images")],
    ["POST", "/v1/videos", lacks("video")],
    ["GET", "/v1/videos/vid_1", lacks("video")],
    ["POST", "/v1/rerank", lacks("reranking")],
    ["POST", "/v1/fine_tuning/jobs", lacks("fine-tuning")],
    ["POST", "/v1/responses/compact", "laplas does not speak the compaction of Responses. Ask for a summary at"],
    ["POST", "/v1/responses/input_tokens", "here. The gateway (laplas serve) says what a call would cost"],
    [
      "POST",
      "/v1/messages/batches",
      "laplas does not speak the Message Batches API. Send each request to POST /v1/messages.",
    ],
    ["POST", "/v1/complete", speaks("Anthropic's Text Completions API", "POST /v1/messages.")],
    ["GET", "/v1/messages/msg_1", "here. Served are POST /v1/chat/completions, POST /v1/responses, POST /v1/messages,"],
    ["POST", "/v1/assistants", speaks("the Assistants API", CHAT)],
    ["POST", "/v1/threads/t/messages", speaks("the Assistants API", CHAT)],
    ["POST", "/v1beta/models/gemini-pro:generateContent", speaks("the Gemini API", CHAT)],
    ["POST", "/v1/models/gemini-pro:streamGenerateContent", speaks("the Gemini API", CHAT)],
    ["POST", "/v1beta/models/text-embedding-004:batchEmbedContents", speaks("the Gemini API", EMBEDDINGS)],
    [
      "POST",
      "/v1beta/models/gemini-pro:countTokens",
      speaks("the Gemini API", "the OpenAI-compatible paths below /v1."),
    ],
    ["GET", "/v1beta/models", speaks("the Gemini API", "the OpenAI-compatible paths below /v1.")],
    ["POST", "/api/chat", speaks("the Ollama API", CHAT)],
    ["POST", "/api/generate", speaks("the Ollama API", CHAT)],
    ["POST", "/api/embed", speaks("the Ollama API", EMBEDDINGS)],
    ["GET", "/api/tags", "laplas does not speak the Ollama API. Models are listed at GET /v1/models."],
    ["POST", "/api/show", "laplas does not speak the Ollama API. Models are listed at GET /v1/models."],
    ["GET", "/api/version", "laplas does not speak the Ollama API. Set the client to an OpenAI-compatible API"],
    ["POST", "/v1/files", "laplas does not speak the Files API. Nothing is stored here"],
    ["GET", "/v1/files/f_1/content", "laplas does not speak the Files API. Nothing is stored here"],
    ["POST", "/v1/uploads", "laplas does not speak the Files API. Nothing is stored here"],
    ["GET", "/v1/vector_stores", "laplas does not speak the Vector Stores API. Nothing is stored here"],
    ["POST", "/v1/batches", "laplas does not speak the Batch API. Send each request to its own path."],
    ["GET", "/v1/completions/c_1", "here. Answers are not stored."],
    ["POST", "/v1/engines/davinci/completions", `here. Use ${CHAT}`],
    ["GET", "/v1/engines", "here. Models are listed at GET /v1/models."],
    ["GET", "/v1/chat/completions/c_1", "here. Answers are not stored."],
    ["POST", "/v1/chat", `here. Use ${CHAT}`],
    ["POST", "/v1/images", "here. Use POST /v1/images/generations."],
    ["GET", "/v1/quota", "here. The gateway (laplas serve) answers it"],
    ["POST", "/v1/v1/files", 'here. The path has "/v1" twice'],
    ["GET", "/v1/v1/quota", 'here. The path has "/v1" twice'],
    ["GET", "/v1/videography", "here. Served are"],
    ["GET", "/v1/conversation-starters", "here. Served are"],
    ["GET", "/favicon.ico", "here. Served are"],
  ])("%s %s says why, and what is", (method, path, message) => {
    expect(messageFor(method, path)).toContain(message);
    expect(messageFor(method, path)).toMatch(/^There is no "/);
    expect(messageFor(method, path)).toContain(`"${method} ${path}"`);
    expect(messageFor(method, path)).toMatch(/Served are POST \/v1\/chat\/completions, .*GET \/v1\/models\/\{id\}\.$/);
  });

  it("is named in one short line, whatever it holds", () => {
    expect(messageFor("GET", "")).toContain('"GET /"');
    expect(messageFor("GET", `/${"x".repeat(5_000)}`).length).toBeLessThan(300);
    expect(messageFor("GET", "/rate-limit/429")).not.toMatch(/rate.limit|429/);
  });
});

test.each([
  ["/v1beta/models/gemini-pro", true],
  ["/v1/models/gemini-pro:generateContent", true],
  ["/v1beta/openai/models", false],
  ["/v1/models/meta-llama/llama-3:free", false],
  ["/v1/models", false],
])("%s is Gemini's: %s", (path, expected) => {
  expect(isForeignPath(path)).toBe(expected);
});

it("another method than those of a path is told them, OPTIONS as an answer", async () => {
  const refused = otherMethodResponse("PUT", "/v1/models", ["GET", "HEAD"], "r-1");
  expect([refused.status, refused.headers.get("allow"), refused.headers.get("x-request-id")]).toEqual([
    405,
    "GET, HEAD, OPTIONS",
    "r-1",
  ]);
  expect(refused.headers.get("x-should-retry")).toBe("false");
  expect(await refused.json()).toMatchObject({
    error: { code: "method_not_allowed", message: '"/v1/models" takes GET, HEAD, OPTIONS, not "PUT".' },
  });
  const told = otherMethodResponse("OPTIONS", "/v1/models", ["GET", "HEAD"], "r-2");
  expect([told.status, told.headers.get("allow"), await told.text()]).toEqual([204, "GET, HEAD, OPTIONS", ""]);
});
