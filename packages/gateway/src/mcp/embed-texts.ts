import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { counted } from "../words.js";
import { CALL_FIELDS, callFields, callWords } from "./call-fields.js";
import { chooseModel, modelHelp } from "./choose-model.js";
import { limitWords } from "./limit-words.js";
import { callEngine, runTool } from "./run-tool.js";
import type { Scene } from "./scene.js";

const MOST_TEXTS = 2_048;

/** What an embedding's result says. */
const OUTPUT = z.object({
  embeddings: z.array(z.array(z.number())).describe("A vector for each text, in their order"),
  dimensions: z.number(),
  ...CALL_FIELDS,
});

/** Adds the tool that makes vectors. They stand in the structured result alone: as text they would fill a conversation. */
export function addEmbedTexts(server: McpServer, scene: Scene): void {
  const inputSchema = z.object({
    texts: z.array(z.string()).min(1).max(MOST_TEXTS),
    model: z.string().optional().describe(modelHelp(scene, "embedding")),
    dimensions: z.int().min(1).optional().describe("Numbers in each vector, where the model lets them be chosen"),
  });
  const annotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
  const config = {
    title: "Embed texts",
    description: `Makes vectors of texts, for programs: each has hundreds of numbers. ${limitWords(scene, "embedding")}`,
    inputSchema,
    outputSchema: OUTPUT,
    annotations,
  };
  server.registerTool("embed_texts", config, ({ texts, model: named, dimensions }, context) =>
    runTool(scene, context, async () => {
      const model = await chooseModel(scene, "embedding", named);
      const request = { model, input: texts, ...(dimensions === undefined ? {} : { dimensions }) };
      const answer = await callEngine(scene, context, request, scene.laplas.embed);
      const embeddings = answer.data.map(({ embedding }) => (typeof embedding === "string" ? [] : embedding));
      const output: z.infer<typeof OUTPUT> = {
        embeddings,
        dimensions: embeddings[0]?.length ?? 0,
        ...callFields(scene, answer.model, answer.laplas),
      };
      const what = `${counted(embeddings.length, "vector")} of ${output.dimensions} numbers by ${output.model}`;
      const text = `${what}, in the structured result (${callWords(scene, output)})`;
      return { content: [{ type: "text", text }], structuredContent: output };
    }),
  );
}
