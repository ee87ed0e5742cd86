/** Pictures: a model that draws, the same in a chain, and as a tool of an agent. They are saved as files. */
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatLaplas, LaplasImages, LaplasImageTool, reportOf } from "@laplas/langchain";
import { createAgent, ToolMessage } from "langchain";
import { savePicture } from "./save-picture.ts";
import { connect } from "./upstream.ts";

await using upstream = await connect();

// An address that soon expires. With responseFormat "b64_json" the picture is in the answer.
const images = new LaplasImages({ model: "flux/schnell", size: "512x512", ...upstream.settings });
const pictures = await images.invoke("a lighthouse and two sailboats at sunset");
for (const picture of pictures) {
  console.log(`${await savePicture(picture, "lighthouse")}, ${picture.metadata?.width}x${picture.metadata?.height}`);
}
console.log(`cost ${reportOf(pictures)?.apiTokens} API tokens; ${reportOf(pictures)?.remaining} left`);

const chain = ChatPromptTemplate.fromTemplate("a {animal} in the snow, at night").pipe(images);
for (const picture of await chain.invoke({ animal: "robot" })) console.log(await savePicture(picture, "animal"));

// An agent is told in words that it has drawn. The picture itself is the artifact of the tool's message.
const agent = createAgent({
  model: new ChatLaplas({ model: "gpt-4o-mini", ...upstream.settings }),
  tools: [new LaplasImageTool({ model: "flux/schnell", size: "512x512", ...upstream.settings })],
});
const { messages } = await agent.invoke({ messages: "Draw a picture of three hot air balloons above green hills." });
console.log(messages.at(-1)?.text);
for (const message of messages) {
  if (ToolMessage.isInstance(message)) {
    for (const picture of message.artifact) console.log(await savePicture(picture, "balloons"));
  }
}
