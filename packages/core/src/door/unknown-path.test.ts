import { describe, expect, test } from "vitest";
import { unknownPathMessage } from "./unknown-path.js";

const title = "laplas free tier";
const messageFor = (method: string, path: string): string => unknownPathMessage(method, path, title);

describe("a path that is not served", () => {
  test.each([
    ["POST", "/v1/audio/speech", `${title}: there is nothing for speech here`],
    ["POST", "/v1/audio/transcriptions", `${title}: there is nothing for speech recognition here`],
    ["POST", "/v1/audio/translations", `${title}: there is nothing for speech recognition here`],
    ["POST", "/v1/moderations", `${title}: there is nothing for moderation here`],
    ["POST", "/v1/images/edits", `${title}: there is nothing for image editing here`],
    ["POST", "/v1/images/variations", `${title}: there is nothing for image editing here`],
    ["POST", "/v1/videos", `${title}: there is nothing for video here`],
    ["GET", "/v1/videos/vid_1", `${title}: there is nothing for video here`],
    ["POST", "/v1/assistants", `${title}: there is nothing for assistants here`],
    ["POST", "/v1/threads/t/messages", `${title}: there is nothing for assistants here`],
    ["GET", "/v1/vector_stores", `${title}: there is nothing for assistants here`],
    ["POST", "/v1/responses", "switch the client to chat completions"],
    ["GET", "/v1/responses/r_1", "switch the client to chat completions"],
    ["POST", "/v1/completions", "Ask at POST /chat/completions."],
    ["POST", "/v1/engines/davinci/completions", "Ask at POST /chat/completions."],
    ["GET", "/v1/engines", "Models are listed at GET /models."],
    ["GET", "/v1/chat/completions", 'There is no such path here for "GET". Known are'],
    ["POST", "/v1/models", 'There is no such path here for "POST". Known are'],
    ["GET", "/v1/videography", 'There is no such path here for "GET". Known are'],
    ["GET", "/favicon.ico", 'There is no such path here for "GET". Known are'],
  ])("%s %s says why, and what is", (method, path, message) => {
    expect(messageFor(method, path)).toContain(message);
    expect(messageFor(method, path)).toMatch(
      /Known are POST \/chat\/completions, POST \/completions, .*GET \/models\/\{id\}\.$/,
    );
  });
});
