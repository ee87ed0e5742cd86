/** One question, one answer, and what it cost. */
import { ChatLaplas } from "@laplas/langchain";
import { connect } from "./upstream.ts";

await using upstream = await connect();
const model = new ChatLaplas({ model: "gpt-4o-mini", ...upstream.settings });

const answer = await model.invoke("Hello");

console.log(answer.text);
const { apiTokens, remaining, resetsAt } = answer.response_metadata.laplas;
console.log(`cost ${apiTokens} API tokens; ${remaining} left until ${resetsAt.toISOString()}`);
