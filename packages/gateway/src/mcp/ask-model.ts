import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { endedWords } from "../recent/ended-words.js";
import { CALL_FIELDS, callFields } from "./call-fields.js";
import { chooseModel, modelHelp } from "./choose-model.js";
import { limitWords } from "./limit-words.js";
import { callEngine, runTool } from "./run-tool.js";
import type { Scene } from "./scene.js";

/** What a chat's result says. */
const OUTPUT = z.object({
  text: z.string(),
  finish_reason: z.string().optional(),
  cut: z.string().optional().describe("Why the answer is no longer; absent of one that is whole"),
  ...CALL_FIELDS,
});

/** Adds the tool that asks a chat model. */
export function addAskModel(server: McpServer, scene: Scene): void {
  const inputSchema = z.object({
    prompt: z.string().describe("What to ask"),
    model: z.string().optional().describe(modelHelp(scene, "chat")),
    system: z.string().optional().describe("System prompt"),
  });
  const annotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true };
  const config = {
    title: "Ask a chat model",
    description: `Asks another chat model one question. ${limitWords(scene, "chat")}`,
    inputSchema,
    outputSchema: OUTPUT,
    annotations,
  };
  server.registerTool("ask_model", config, (input, context) =>
    runTool(scene, context, async () => {
      const model = await chooseModel(scene, "chat", input.model);
      const request = { model, messages: messagesOf(input) };
      const { continueAtCap } = scene;
      const answer = await callEngine(scene, context, request, (body, options) =>
        scene.laplas.chat(body, { ...options, continueAtCap }),
      );
      const [choice] = answer.choices;
      const { ended, truncatedByTier } = answer.laplas;
      const cut = endedWords(ended) ?? (truncatedByTier ? "cut: the tier's limit on the length of answers" : undefined);
      const output: z.infer<typeof OUTPUT> = {
        text: choice?.message.content ?? "",
        ...(typeof choice?.finish_reason === "string" ? { finish_reason: choice.finish_reason } : {}),
        ...(cut === undefined ? {} : { cut }),
        ...callFields(scene, answer.model, answer.laplas),
      };
      const texts = cut === undefined ? [output.text] : [output.text, `(${cut})`];
      return { content: texts.map((text) => ({ type: "text", text })), structuredContent: output };
    }),
  );
}

/** The conversation of one question. */
export function messagesOf({ prompt, system }: { readonly prompt: string; readonly system?: string | undefined }): {
  role: string;
  content: string;
}[] {
  const asked = { role: "user", content: prompt };
  return system === undefined ? [asked] : [{ role: "system", content: system }, asked];
}
