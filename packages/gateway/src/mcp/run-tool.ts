import type { ChatRequest, EmbeddingRequest, ImageRequest } from "@laplas/core";
import type { CallToolResult, ServerContext } from "@modelcontextprotocol/server";
import { reportProgress } from "./report-progress.js";
import type { Scene } from "./scene.js";
import { errorResult, toolError } from "./tool-error.js";

/** Does a tool's work; a failure becomes a result that says so, and never ends the session. */
export async function runTool(
  scene: Scene,
  { mcpReq: { signal } }: ServerContext,
  work: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const call = work();
  scene.running.add(call);
  try {
    return await call;
  } catch (error) {
    return signal.aborted ? errorResult("Do not retry: the client cancelled this call.") : toolError(error, scene);
  } finally {
    scene.running.delete(call);
  }
}

/** Makes a call of the engine for a tool. Its client hears how it gets on, and ends it by leaving. @throws LaplasError */
export async function callEngine<Request extends ChatRequest | EmbeddingRequest | ImageRequest, Answer>(
  scene: Scene,
  context: ServerContext,
  request: Request,
  call: (request: Request, options: { readonly signal: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const { signal } = context.mcpReq;
  const stop = await reportProgress(scene, context, request);
  try {
    return await call(request, { signal });
  } finally {
    stop();
  }
}
