import type { Laplas, Status } from "@laplas/core";
import type { ServerContext } from "@modelcontextprotocol/server";
import { expect, it, onTestFinished, vi } from "vitest";
import { openGateway } from "../testing/open-gateway.js";
import { reportProgress } from "./report-progress.js";
import { openScene } from "./scene.js";

const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };

/** What a client hears that asked for it. */
function client(): { readonly context: ServerContext; readonly heard: string[] } {
  const heard: string[] = [];
  const notify = async ({ params }: { params?: { message?: unknown } }) => void heard.push(String(params?.message));
  return { context: { mcpReq: { _meta: { progressToken: 1 }, notify } } as unknown as ServerContext, heard };
}

it("looks no more, and leaves no timer, once the call has ended", async () => {
  const { laplas } = await openGateway();
  const scene = await openScene({ laplas });
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const stop = await reportProgress(scene, client().context, request);
  expect(vi.getTimerCount()).toBe(1);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});

it("fails no call where nobody can say what it would wait for", async () => {
  const { laplas } = await openGateway();
  const scene = await openScene({ laplas: { ...laplas, check: () => Promise.reject(new Error("no ledger")) } });
  const { context, heard } = client();
  const stop = await reportProgress(scene, context, request);
  stop();
  expect(heard).toEqual([]);
});

it("says nothing of a look that was under way when the call ended, nor of one that fails", async () => {
  const { laplas } = await openGateway();
  const looks = Array.from({ length: 3 }, () => Promise.withResolvers<readonly Status[]>());
  const asked: number[] = [];
  const all = Promise.withResolvers<void>();
  const slow: Laplas = {
    ...laplas,
    statuses: () => {
      const look = looks[asked.push(asked.length) - 1];
      if (asked.length === looks.length) all.resolve();
      return look?.promise ?? laplas.statuses();
    },
  };
  const { context, heard } = client();
  const stop = await reportProgress(await openScene({ laplas: slow, progressMs: 1 }), context, request);
  await all.promise;
  looks[0]?.reject(new Error("no ledger"));
  looks[1]?.resolve(await laplas.statuses());
  await expect.poll(() => heard.length).toBeGreaterThan(0);
  stop();
  const before = [...heard];
  const last = laplas.statuses();
  looks[2]?.resolve(await last);
  await looks[2]?.promise;
  await laplas.statuses();
  expect(heard).toEqual(before);
});
