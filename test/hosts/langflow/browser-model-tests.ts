import { expect, it, onTestFinished } from "vitest";
import { holdStream } from "./hold-stream.ts";
import { choose, nodeOf, open, type Pages, say, takePicture } from "./pages.ts";

const TEXT = [
  "The ferry to the islands leaves at seven in the morning.",
  "The library of the town is closed on Mondays and on holidays.",
  "Bread is baked at night and sold from six.",
].join("\n");

/** How a person chooses a model, and what of it the Playground shows. */
export function testModelPages({ stand, openFlow, openSettings }: Pages): void {
  it("offer the gateway's models for a Language Model; the one that is chosen answers in the Playground", async () => {
    const { stage, flows } = stand();
    const { posts, sandbox } = await stage.play();
    const page = await openFlow(flows.chat(flows.entryOf("LanguageModelComponent"), {}));
    await choose(page, "Laplas", "google/gemma-3-27b-it");
    await say(page, "Hello");
    await page.getByText("Hello there!").first().waitFor();
    await takePicture(page, "answer");
    expect(posts().map(({ body }) => JSON.parse(body).model)).toEqual(["google/gemma-3-27b-it"]);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("offer them for an Agent, whose answer grows while it streams", async () => {
    const { stage, flows } = stand();
    const { fetch, release } = holdStream("ere!");
    onTestFinished(release);
    const { posts } = await stage.play({ laplas: { fetch } });
    const page = await openFlow(flows.chat(flows.entryOf("Agent"), {}, "response"));
    await choose(page, "Laplas", "gpt-4o");
    await say(page, "Hello");
    const answer = page.getByTestId("div-chat-message").last();
    await answer.getByText("Hello there!").first().waitFor();
    await takePicture(page, "half an answer of an agent");
    expect(await answer.textContent()).not.toContain("help you today?");
    release();
    await answer.getByText("Hello there! How can I help you today?").first().waitFor();
    await takePicture(page, "answer of an agent");
    expect(posts().map(({ body }) => [JSON.parse(body).model, JSON.parse(body).stream])).toEqual([["gpt-4o", true]]);
  });

  it("offer them for an Embedding Model, which fills Langflow's own vector store", async () => {
    const { stage, flows } = stand();
    const { posts, sandbox } = await stage.play();
    const page = await openFlow(flows.search(TEXT));
    await choose(page, "Laplas", "text-embedding-3-small", nodeOf(page, "Embedding Model"));
    await choose(page, "Laplas", "gpt-4o-mini", nodeOf(page, "Runs a language model"));
    await takePicture(page, "vector store");
    await say(page, "When does the ferry to the islands leave?");
    await page
      .getByTestId("div-chat-message")
      .last()
      .getByText(/seven in the morning/)
      .waitFor();
    await takePicture(page, "answer from the vector store");
    expect(posts().map(({ path }) => path)).toEqual([
      "/v1/embeddings",
      "/v1/embeddings",
      "/v1/embeddings",
      "/v1/chat/completions",
    ]);
    // Langflow's FAISS fills both of its outputs, so it looks for the question twice.
    const [pieces, ...questions] = posts()
      .slice(0, 3)
      .map(({ body }) => JSON.parse(body).input);
    expect(pieces).toEqual(TEXT.split("\n"));
    const question = ["When does the ferry to the islands leave?"];
    expect(questions).toEqual([question, question]);
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
  });

  it("keep the settings of Langflow's own OpenAI-compatible provider, whose model answers", async () => {
    const { langflow, stage, flows } = stand();
    const token = "the-token-of-the-gateway";
    await langflow.forget("OPENAI_COMPATIBLE_BASE_URL", "OPENAI_COMPATIBLE_API_KEY");
    const { posts } = await stage.play({ token });
    const settings = await openSettings("OpenAI Compatible");
    await open(settings.getByTestId("provider-disconnect-button"), async () => {
      await settings.getByTestId("provider-variable-input-OPENAI_COMPATIBLE_BASE_URL").fill(stage.url);
      await settings.getByTestId("provider-variable-input-OPENAI_COMPATIBLE_API_KEY").fill(token);
      await settings.getByTestId("provider-save-button").click();
    });
    const page = await openFlow(flows.chat(flows.entryOf("LanguageModelComponent"), {}));
    // It shows the first five names, and can't tell a chat model from another.
    await choose(page, "OpenAI Compatible", "MiniMax-Text-01");
    await say(page, "Hello");
    await page.getByText("Hello there!").first().waitFor();
    expect(posts()).toMatchObject([{ authorization: `Bearer ${token}`, status: 200 }]);
  });

  it("take the gateway's address and token in Langflow's own OpenAI component", async () => {
    const { stage, flows } = stand();
    const token = "the-token-of-the-gateway";
    const { posts } = await stage.play({ token });
    const page = await openFlow(flows.chat(flows.entryOf("ext:openai:OpenAIModelComponent@official"), {}));
    const node = nodeOf(page, "Generates text using OpenAI");
    const address = node.getByTestId("popover-anchor-input-openai_api_base");
    const add = page.getByTestId("inspector-add-openai_api_base");
    await open(add, async () => {
      await node.click();
      await page.getByTestId("parameters-button").first().click();
    });
    await open(address, () => add.click());
    await address.fill(`${stage.url}/v1`);
    await node.getByTestId("popover-anchor-input-api_key").fill(token);
    await takePicture(page, "OpenAI component");
    await say(page, "Hello");
    await page.getByText("Hello there!").first().waitFor();
    await takePicture(page, "answer of the OpenAI component");
    expect(posts()).toMatchObject([{ authorization: `Bearer ${token}`, status: 200 }]);
  });
}
