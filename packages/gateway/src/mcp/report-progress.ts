import type { ChatRequest, EmbeddingRequest, ImageRequest } from "@laplas/core";
import type { ServerContext } from "@modelcontextprotocol/server";
import { counted, duration } from "../words.js";
import type { Scene } from "./scene.js";

/**
 * Tells a client that asked for it how its call gets on: at once what it would wait for, then running and waiting calls. Clients count such
 * notes as signs of life, and may wait longer for the answer.
 *
 * @returns a function that ends it
 */
export async function reportProgress(
  { laplas, progressMs, now }: Scene,
  { mcpReq }: ServerContext,
  request: ChatRequest | EmbeddingRequest | ImageRequest,
): Promise<() => void> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  const startedAt = now();
  let isOver = false;
  let progress = 0;
  const note = async (message: string): Promise<void> => {
    progress += 1;
    await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, message } });
  };
  const tick = async (): Promise<void> => {
    const statuses = await laplas.statuses();
    const running = statuses.reduce((sum, status) => sum + status.running, 0);
    const waiting = statuses.reduce((sum, status) => sum + status.waiting, 0);
    const seconds = duration(Math.max(1_000, now() - startedAt));
    if (!isOver) await note(`${seconds}: ${counted(running, "call")} running on this account, ${waiting} waiting.`);
  };
  // What keeps the call itself from passing, the call reports.
  const { verdict, position = 0, waitMs } = (await laplas.check(request).catch(() => undefined)) ?? {};
  if (verdict === "wait") {
    const place = position === 0 ? "next in the queue" : `${counted(position, "call")} before this one`;
    const windows = waitMs === undefined ? "" : ` About ${duration(waitMs)} until the tier's windows let it pass.`;
    await note(`Waiting its turn: ${place}.${windows}`).catch(() => {});
  }
  // A note that can't be had or sent fails no call.
  const timer = setInterval(() => void tick().catch(() => {}), progressMs);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}
