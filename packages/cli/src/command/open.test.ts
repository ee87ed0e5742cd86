import { chmodSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { listening } from "../testing/listening.js";
import { openShell, type Shell } from "../testing/open-shell.js";

async function serve(): Promise<{ readonly shell: Shell; readonly url: string; readonly port: string }> {
  const shell = await openShell();
  const run = shell.start(["serve", "--sandbox", "--port", "0"]);
  const [, url = ""] = await run.until("stderr", /Base URL +(\S+\/)v1\n/);
  return { shell, url, port: new URL(url).port };
}

it("opens the page of the running gateway in the user's browser", async () => {
  const { shell, url, port } = await serve();
  shell.write(
    "browser",
    `#!/bin/sh\necho "$@" > "${shell.folder}/opened.part"\nmv "${shell.folder}/opened.part" "${shell.folder}/opened"\n`,
  );
  const browser = join(shell.folder, "browser");
  chmodSync(browser, 0o755);
  const environment = { BROWSER: browser, LAPLAS_PORT: port, PATH: process.env.PATH ?? "" };
  const { code, stdout, stderr } = await shell.run(["open"], { environment });
  expect([code, stdout, stderr]).toEqual([0, "", `Opened ${url}\n`]);
  await expect.poll(() => readOpened(shell)).toBe(`${url}\n`);
});

function readOpened({ folder }: Shell): string | undefined {
  try {
    return readFileSync(join(folder, "opened"), "utf8");
  } catch {
    return undefined;
  }
}

it("prints its address where no browser is, where one does not start, and where that is asked for", async () => {
  const { shell, url, port } = await serve();
  const printed = { code: 0, stdout: `${url}\n`, stderr: "" };
  for (const environment of [{}, { BROWSER: "/no/such/browser" }] as Record<string, string>[])
    expect(await shell.run(["open", "--port", port], { environment })).toEqual(printed);
  expect(await shell.run(["open", "-p", "--port", port], { environment: { BROWSER: "false" } })).toEqual(printed);
  expect(await shell.json(["open", "--port", port])).toEqual({ object: "open", url, opened: false });
});

it("says where no gateway runs, also where something else does", async () => {
  const shell = await openShell();
  const server = createServer((_, response) => void response.end("{}"));
  onTestFinished(() => void server.close());
  const { port } = new URL(await listening(server));
  const other = await shell.run(["open", "--port", port]);
  expect([other.code, other.stderr]).toEqual([
    1,
    `laplas: No gateway answers at http://127.0.0.1:${port}/. Start one: laplas serve\n`,
  ]);
  server.close();
  expect((await shell.run(["open", "--port", port])).code).toBe(1);
  expect((await shell.run(["open", "--port", "0"])).code).toBe(2);
});
