/** One question, one answer, and what it cost. */
import { ChatLaplas, reportOf } from "@laplas/langchain";
import { connect } from "./upstream.ts";

await using upstream = await connect();
const model = new ChatLaplas({ model: "gpt-4o-mini", ...upstream.settings });

const answer = await model.invoke("Hello");

console.log(answer.text);
const report = reportOf(answer);
console.log(`cost ${report?.apiTokens} API tokens; ${report?.remaining} left until ${report?.resetsAt}`);
