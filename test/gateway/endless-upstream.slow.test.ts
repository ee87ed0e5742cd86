import { expect, it } from "vitest";
import { ask, type OpenGateway, openGateway, post } from "./open-gateway.ts";
import { until } from "./until.ts";
import { chunkEvent, openUpstream } from "./upstream.ts";

it("an upstream that never ends is let go within seconds of its clients, what it may have cost is charged, and its place is free", async () => {
  const upstream = await openUpstream((prompt, response) => {
    if (prompt === "silent") return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const write = setInterval(() => response.write(chunkEvent("word ")), 10);
    response.once("close", () => clearInterval(write));
  });
  // A key each, and so an account, so that none waits for the other.
  const gateways = await Promise.all(
    ["one", "two", "three"].map((apiKey) => openGateway({ engine: { baseURL: upstream.baseURL, apiKey } })),
  );
  const [streaming, silent, whole] = gateways as [OpenGateway, OpenGateway, OpenGateway];
  const leaving = new AbortController();
  const { signal } = leaving;
  const stream = await post(streaming.baseURL, ask("endless", { stream: true }), { signal });
  await stream.body?.getReader().read();
  const others = [
    post(silent.baseURL, ask("silent", { stream: true }), { signal }),
    post(whole.baseURL, ask("silent"), { signal }),
  ];
  await until(
    "requests upstream",
    () => upstream.running,
    (running) => running === 3,
  );
  leaving.abort();
  for (const other of others) await expect(other).rejects.toMatchObject({ name: "AbortError" });
  await until(
    "requests upstream",
    () => upstream.running,
    (running) => running === 0,
  );
  for (const gateway of gateways) {
    const quota = await until(
      "the account",
      () => gateway.quota(),
      ({ running }) => running === 0,
    );
    expect(quota.windows[0]?.used).toBeGreaterThan(0);
    expect(quota.windows[0]?.held).toBe(0);
  }
});
