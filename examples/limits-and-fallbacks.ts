/** Every limit as an error that says what to do, and LangChain's retries and fallbacks doing it. */
import { FatalLimitError, isLaplasError, type TierDocument } from "@laplas/core";
import { ChatLaplas, reportOf } from "@laplas/langchain";
import { connect, passingLedger } from "./upstream.ts";

await using upstream = await connect();
const model = new ChatLaplas({ model: "gpt-4o-mini", ...upstream.settings });

// More than the tier allows is lowered, and the answer says so.
const long = await new ChatLaplas({ model: "gpt-4o-mini", maxTokens: 4_000, ...upstream.settings }).invoke("Hello");
console.log("adjusted:", reportOf(long)?.adjusted);

// What the tier never serves is fatal: nothing was sent, and no retry layer tries again.
const image = { type: "image_url", image_url: { url: "https://example.com/cat.png" } };
await model
  .withRetry({ stopAfterAttempt: 5 })
  .invoke([{ role: "user", content: [image] }])
  .catch((error: unknown) => {
    if (isLaplasError(error)) console.log(`${error.code}: retryable ${error.retryable}\n  ${error.message}`);
  });

// A day of 10 API tokens, to see one end. The account of this tier is kept apart from the other.
const tinyDay: TierDocument = {
  name: "tiny",
  title: "tiny tier",
  extends: "free",
  rules: [
    {
      id: "daily_api_tokens",
      kind: "window",
      meter: "credits",
      limit: 10,
      period: { type: "day" },
      evidence: { source: "made up for this example", date: "2026-11-22", status: "assumed" },
    },
  ],
};
const tiny = new ChatLaplas({
  model: "gpt-4o-mini",
  ...upstream.settings,
  tier: tinyDay,
  ledger: passingLedger(),
});
await tiny.invoke("Hello");
await tiny.invoke("Hello").catch((error: unknown) => {
  if (FatalLimitError.isInstance(error))
    console.log(`${error.code}: resets at ${error.resetsAt?.toISOString()}\n  ${error.message}`);
});

// So a fallback starts at once.
const answer = await tiny.withFallbacks([model]).invoke("Hello");
console.log("the fallback:", answer.text);
