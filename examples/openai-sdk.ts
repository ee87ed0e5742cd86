/** Existing code on the OpenAI SDK: one line changes, `fetch: laplas.fetch`. */
import { createLaplas } from "@laplas/core";
import OpenAI from "openai";
import { connect } from "./upstream.ts";

await using upstream = await connect();
const laplas = createLaplas(upstream.settings);

// The SDK's own key and address are never sent: the engine has its own.
const openai = new OpenAI({ apiKey: "unused", fetch: laplas.fetch });

const answer = await openai.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 4_000,
});
console.log(answer.choices[0]?.message.content);

const stream = await openai.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "");
console.log();

const { data } = await openai.embeddings.create({ model: "text-embedding-3-small", input: ["one text", "another"] });
console.log(`${data.length} vectors of ${data[0]?.embedding.length}`);

// A refusal is an answer that the SDK knows how to read.
const image = { type: "image_url", image_url: { url: "https://example.com/cat.png" } } as const;
await openai.chat.completions
  .create({ model: "gpt-4o-mini", messages: [{ role: "user", content: [image] }] })
  .catch((error: unknown) => {
    if (error instanceof OpenAI.APIError) console.log(error.status, error.code, error.message);
  });
await laplas.close();
