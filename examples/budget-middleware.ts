/** An agent that minds its day: what the budget can't afford is answered by the next model of a list, and nothing fails for it. */
import type { TierDocument } from "@laplas/core";
import { ChatLaplas } from "@laplas/langchain";
import { laplasBudgetMiddleware } from "@laplas/langchain/middleware";
import { createAgent } from "langchain";
import { connect } from "./upstream.ts";

await using upstream = await connect();

// A day of 6,000 API tokens: room for three short answers of gpt-4, and for hundreds of gpt-4o-mini.
const smallDay: TierDocument = {
  name: "small-day",
  title: "small day",
  extends: "free",
  rules: [
    {
      id: "daily_api_tokens",
      kind: "window",
      meter: "credits",
      limit: 6_000,
      period: { type: "day" },
      evidence: { source: "made up for this example", date: "2026-11-22", status: "assumed" },
    },
  ],
};
const settings = { ...upstream.settings, tier: smallDay };

const agent = createAgent({
  model: new ChatLaplas({ model: "gpt-4", maxTokens: 40, ...settings }),
  tools: [],
  middleware: [laplasBudgetMiddleware({ fallbacks: [new ChatLaplas({ model: "gpt-4o-mini", ...settings })] })],
});

for (const time of ["first", "second", "third", "fourth", "fifth"]) {
  const { messages, laplasBudget } = await agent.invoke({ messages: "Hello" });
  const why =
    laplasBudget?.reason === undefined ? "" : ` in place of ${laplasBudget.switchedFrom} (${laplasBudget.reason})`;
  console.log(`${time}: ${laplasBudget?.model}${why} said "${messages.at(-1)?.text}"`);
}
