/** An answer as it is written. A second model is asked inside the loop: the tier runs one request at a time, and nothing locks up. */
import { ChatLaplas } from "@laplas/langchain";
import { connect } from "./upstream.ts";

await using upstream = await connect({ chunkDelayMs: 5 });
const model = new ChatLaplas({ model: "gpt-4o-mini", ...upstream.settings });
const second = new ChatLaplas({ model: "gpt-3.5-turbo", ...upstream.settings });

let hasAsked = false;
let aside = "";
for await (const chunk of await model.stream("Write 60 words about the sea.")) {
  process.stdout.write(chunk.text);
  if (hasAsked) continue;
  hasAsked = true;
  aside = (await second.invoke("Hello")).text;
}
console.log(`\n(asked in the middle of it: ${aside})`);
