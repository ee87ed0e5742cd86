import type { CallbackManagerForToolRun } from "@langchain/core/callbacks/manager";
import { ToolMessage } from "@langchain/core/messages";
import { patchConfig } from "@langchain/core/runnables";
import { StructuredTool, type ToolParams, type ToolRunnableConfig } from "@langchain/core/tools";
import { isLaplasError } from "@laplas/core";
import type { z } from "zod";
import { completedOf } from "../engine/set-completed.js";
import type { LaplasImage } from "./image-blocks.js";
import type { LaplasImagesFields } from "./image-fields.js";
import { imageToolSchema, type LaplasImageToolInput } from "./image-tool-schema.js";
import { LaplasImages } from "./laplas-images.js";
import { toolErrorText } from "./tool-error-text.js";

/** Fields of {@link LaplasImageTool}: those of {@link LaplasImages}, and how the tool shows itself. */
export interface LaplasImageToolFields
  extends LaplasImagesFields,
    Pick<ToolParams, "callbacks" | "tags" | "metadata" | "verbose" | "extras"> {
  /** @default "draw_picture" */
  name?: string | undefined;
  /** @default a sentence that says what comes back */
  description?: string | undefined;
  /** Whether an agent ends once the picture is drawn. @default false */
  returnDirect?: boolean | undefined;
  /**
   * What becomes of an error when a model has called the tool. `answer`: a ToolMessage with status "error" that says first
   * whether another call can help. `throw`: the error itself, for `toolRetryMiddleware` and `toolErrorMiddleware`.
   * Without a tool call errors are always thrown. @default "answer"
   */
  onError?: "answer" | "throw" | undefined;
}

/**
 * Lets a model draw. It is told in a sentence that it has; the pictures are the `artifact` of the ToolMessage, as standard
 * image blocks, for the program to show. Neither base64 nor an address ever reaches the model.
 *
 * @example
 * ```ts
 * const agent = createAgent({ model: new ChatLaplas("gpt-4o-mini"), tools: [new LaplasImageTool("flux/schnell")] });
 * const { messages } = await agent.invoke({ messages: "Draw a red fox." });
 * const pictures = messages.flatMap((message) => (ToolMessage.isInstance(message) ? (message.artifact ?? []) : []));
 * ```
 */
export class LaplasImageTool extends StructuredTool<z.ZodType<LaplasImageToolInput, LaplasImageToolInput>> {
  override name: string;
  override description: string;
  override schema: z.ZodType<LaplasImageToolInput, LaplasImageToolInput>;
  override responseFormat = "content_and_artifact" as const;
  /** What draws. */
  readonly images: LaplasImages;
  readonly onError: "answer" | "throw";

  /** @throws InvalidOptionsError */
  constructor(model: string, fields?: Omit<LaplasImageToolFields, "model">);
  constructor(fields: LaplasImageToolFields);
  constructor(modelOrFields: string | LaplasImageToolFields, others: Omit<LaplasImageToolFields, "model"> = {}) {
    const fields: LaplasImageToolFields =
      typeof modelOrFields === "string" ? { ...others, model: modelOrFields } : (modelOrFields ?? {});
    const { callbacks, tags, metadata, verbose, extras } = fields;
    // The rest is not handed up: LangChain keeps what it gets, and prints it.
    super({
      ...(callbacks && { callbacks }),
      ...(tags && { tags }),
      ...(metadata && { metadata }),
      ...(verbose === undefined ? {} : { verbose }),
      ...(extras && { extras }),
    });
    this.images = new LaplasImages(fields);
    this.name = fields.name ?? "draw_picture";
    this.description =
      fields.description ??
      "Draws a picture from a description and shows it to the user. Call it once per picture; the result says whether it was drawn.";
    this.schema = imageToolSchema(this.images);
    this.returnDirect = fields.returnDirect ?? false;
    this.onError = fields.onError ?? "answer";
  }

  static override lc_name(): string {
    return "LaplasImageTool";
  }

  protected override async _call(
    input: LaplasImageToolInput,
    runManager?: CallbackManagerForToolRun,
    config?: ToolRunnableConfig,
  ): Promise<[content: string | ToolMessage, artifact: LaplasImage[]]> {
    const child = runManager?.getChild();
    try {
      const pictures = await this.images.invoke({ ...input }, patchConfig(config, child ? { callbacks: child } : {}));
      return [`${drew(pictures, input.prompt)} Shown to the user.`, pictures];
    } catch (error) {
      const callId = config?.toolCall?.id;
      if (this.onError === "throw" || callId === undefined || !isLaplasError(error)) throw error;
      const artifact = completedOf(error) as LaplasImage[];
      const before = artifact.length > 0 ? ` Before that: ${drew(artifact, input.prompt)} Shown to the user.` : "";
      // A ToolMessage from a tool is passed on as it is, by LangChain's contract (DirectToolOutput).
      const content = toolErrorText(error) + before;
      return [new ToolMessage({ content, artifact, status: "error", tool_call_id: callId, name: this.name }), artifact];
    }
  }
}

function drew(pictures: readonly LaplasImage[], prompt: string): string {
  const what = prompt.length > 60 ? `${prompt.slice(0, 60).trimEnd()}...` : prompt;
  const { width, height } = pictures[0]?.metadata ?? {};
  const size = width === undefined || height === undefined ? "" : `, ${width}x${height}`;
  return `Drew ${pictures.length} picture${pictures.length === 1 ? "" : "s"} of "${what}"${size}.`;
}
