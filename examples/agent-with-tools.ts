/** An agent with two tools, each step shown as it is taken. */
import { ChatLaplas, reportOf } from "@laplas/langchain";
import { AIMessage, createAgent, tool } from "langchain";
import { z } from "zod";
import { connect } from "./upstream.ts";

await using upstream = await connect();

const weather = tool(({ city }) => `It is 18 degrees and sunny in ${city}, with a light wind from the west.`, {
  name: "get_weather",
  description: "Current weather of a city",
  schema: z.object({ city: z.string().describe("Name of the city") }),
});
const multiply = tool(({ left, right }) => `${left} times ${right} is ${left * right}.`, {
  name: "multiply",
  description: "Multiplies two numbers",
  schema: z.object({ left: z.number(), right: z.number() }),
});

const agent = createAgent({
  model: new ChatLaplas({ model: "gpt-4o-mini", temperature: 0, ...upstream.settings }),
  tools: [weather, multiply],
});

let apiTokens = 0;
for (const question of ["What is the weather in Lisbon?", "What is 37 times 91?"]) {
  console.log(`\n${question}`);
  // A step is a turn of the model or of the tools: { "model_request": { messages } } or { "tools": { messages } }.
  for await (const step of await agent.stream({ messages: question }, { streamMode: "updates" })) {
    for (const message of Object.values(step).flatMap(({ messages }) => messages)) {
      if (AIMessage.isInstance(message)) {
        apiTokens += reportOf(message)?.apiTokens ?? 0;
        for (const { name, args } of message.tool_calls ?? []) console.log(`  calls ${name}(${JSON.stringify(args)})`);
        if (message.text !== "") console.log(`  answers: ${message.text}`);
      } else console.log(`  ${message.name} says: ${message.text}`);
    }
  }
}
console.log(`\ntwo questions, four calls of the model: ${apiTokens} API tokens`);
