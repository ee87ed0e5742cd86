import { type ImageList, isLaplasError } from "@laplas/core";
import type { CallToolResult, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { counted } from "../words.js";
import { CALL_FIELDS, type CallFields, callFields, callWords } from "./call-fields.js";
import { chooseModel, modelHelp } from "./choose-model.js";
import { type GivenPicture, givePicture, PICTURE_FIELDS } from "./give-picture.js";
import { limitWords } from "./limit-words.js";
import { callEngine, runTool } from "./run-tool.js";
import type { Scene } from "./scene.js";
import { toolError } from "./tool-error.js";

const MOST_PICTURES = 10;

/** What a drawing's result says. */
const OUTPUT = z.object({ images: z.array(z.object(PICTURE_FIELDS)), ...CALL_FIELDS });

/** Adds the tool that draws pictures. */
export function addDrawImage(server: McpServer, scene: Scene): void {
  const inputSchema = z.object({
    prompt: z.string().describe("What to draw"),
    model: z.string().optional().describe(modelHelp(scene, "image")),
    size: z.string().optional().describe("Pixels, like 512x512"),
    count: z.int().min(1).max(MOST_PICTURES).default(1).describe("How many pictures"),
    as: z
      .enum(["picture", "link"])
      .default(scene.pictureForm ?? "picture")
      .describe("picture: the image itself; link: its address, for models that take no images"),
  });
  const annotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
  const config = {
    title: "Draw pictures",
    description: `Draws pictures from a prompt. ${limitWords(scene, "image")}`,
    inputSchema,
    outputSchema: OUTPUT,
    annotations,
  };
  server.registerTool("draw_image", config, ({ prompt, model: named, size, count, as }, context) =>
    runTool(scene, context, async () => {
      const model = await chooseModel(scene, "image", named);
      const { signal } = context.mcpReq;
      const give = (images: ImageList["data"]): Promise<GivenPicture[]> =>
        Promise.all(images.map((image) => givePicture(scene, image, as, signal)));
      const request = imageRequest({ model, prompt, size, count });
      try {
        const answer = await callEngine(scene, context, request, scene.laplas.image);
        const given = await give(answer.data);
        const output = { images: given.map(({ fields }) => fields), ...callFields(scene, model, answer.laplas) };
        return {
          content: [...blocksOf(given), { type: "text", text: wordsOf(scene, given, output) }],
          structuredContent: output,
        };
      } catch (error) {
        // What was drawn before a failure has been paid for.
        const drawn = isLaplasError(error) && Array.isArray(error.completed) ? await give(error.completed) : [];
        if (drawn.length === 0) throw error;
        const { content, ...failed } = toolError(error, scene);
        const many = `${counted(drawn.length, "picture")} of ${count} ${drawn.length === 1 ? "was" : "were"} drawn`;
        const before = `Before that, ${many}${addressWords(drawn)}.`;
        return { ...failed, content: [...content, { type: "text", text: before }, ...blocksOf(drawn)] };
      }
    }),
  );
}

/** The call that draws. */
export function imageRequest({
  model,
  prompt,
  size,
  count = 1,
}: {
  readonly model: string;
  readonly prompt: string;
  readonly size?: string | undefined;
  readonly count?: number | undefined;
}): { model: string; prompt: string; n?: number; size?: string } {
  return { model, prompt, ...(count === 1 ? {} : { n: count }), ...(size === undefined ? {} : { size }) };
}

function blocksOf(given: readonly GivenPicture[]): CallToolResult["content"] {
  return given.flatMap(({ image }) => (image === undefined ? [] : [image]));
}

/** In words what clients don't show otherwise: the addresses, and what it cost. */
function wordsOf(scene: Scene, given: readonly GivenPicture[], fields: CallFields): string {
  return `${counted(given.length, "picture")} by ${fields.model}${addressWords(given)} (${callWords(scene, fields)})`;
}

function addressWords(given: readonly GivenPicture[]): string {
  const addresses = given.flatMap(({ fields: { url } }) => (url === undefined ? [] : [url]));
  return addresses.length === 0 ? "" : `: ${addresses.join(" ")}`;
}
