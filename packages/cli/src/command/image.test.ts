import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it, test } from "vitest";
import { openShell } from "../testing/open-shell.js";
import { fileNames, slug } from "./image.js";

it("numbers the files of several", () => {
  expect(fileNames("a/boat.png", 1)).toEqual(["a/boat.png"]);
  expect(fileNames("a/boat.png", 2)).toEqual(["a/boat-1.png", "a/boat-2.png"]);
  expect(fileNames("boat", 2)).toEqual(["boat-1", "boat-2"]);
});

test.each([
  ["A lighthouse, at dusk; by the wild sea!", "a-lighthouse-at-dusk-by-the"],
  ["Über ../../etc", "u-ber-etc"],
  ["猫", "picture"],
])("%s is called %s", (prompt, name) => expect(slug(prompt)).toBe(name));

it("draws into a file, several one after another, and over none that is there", async () => {
  const shell = await openShell();
  const isPng = (name: string): boolean => shell.read(name).slice(1, 4) === "PNG";
  const one = await shell.run(["image", "a lighthouse at dusk"]);
  expect([one.code, one.stdout]).toEqual([0, "a-lighthouse-at-dusk.png\n"]);
  expect(isPng("a-lighthouse-at-dusk.png")).toBe(true);
  const several = await shell.run(["image", "a red boat", "--count", "3", "-o", "boat.png"]);
  expect(several.stdout).toBe("boat-1.png\nboat-2.png\nboat-3.png\n");
  expect(["boat-1.png", "boat-2.png", "boat-3.png"].every(isPng)).toBe(true);
  const { received } = shell.sandbox.counts();
  const taken = await shell.run(["image", "a red boat", "-o", "boat-2.png"]);
  expect([taken.code, taken.stderr]).toEqual([2, "laplas: boat-2.png is there already. --force writes over it.\n"]);
  expect(shell.sandbox.counts()).toMatchObject({ received, refused: 0 });
  const forced = ["-o", "boat-2.png", "--force", "-m", "dall-e-3", "--size", "1024x1024"];
  expect(await shell.json(["image", "a cat", ...forced])).toMatchObject({
    object: "image",
    files: [{ path: "boat-2.png", type: "image/png" }],
    report: { adjusted: ["size=512x512"] },
  });
});

it("tells in a terminal what it cost, and what was changed", async () => {
  const shell = await openShell();
  const run = shell.start(["image", "a cat", "-m", "dall-e-3", "--size", "1024x1024"], { columns: 100 });
  expect(await run.ended).toBe(0);
  expect(run.stderr()).toMatch(/512 API tokens · 49,488 left until .* · size=512x512/);
});

it("says in a pipe that the size was changed, and nothing where none was asked for", async () => {
  const shell = await openShell();
  const changed = await shell.run(["image", "a cat", "-m", "dall-e-2", "--size", "4000x4000", "-o", "a.png"]);
  expect([changed.code, changed.stdout, changed.stderr]).toEqual([
    0,
    "a.png\n",
    expect.stringMatching(/^about [\d,]+ API tokens · .* · size=\d+x\d+.*\n$/),
  ]);
  const usual = await shell.run(["image", "a cat", "-m", "dall-e-2", "-n", "2", "-o", "b.png"]);
  expect([usual.code, usual.stderr]).toEqual([0, ""]);
});

it("takes a size that is none as a wrong argument", async () => {
  const shell = await openShell();
  const { code, stderr } = await shell.run(["image", "a cat", "--size", "large"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("size")]);
});

it("keeps what was drawn before a failure", async () => {
  const shell = await openShell();
  let calls = 0;
  shell.sandbox.fault(
    { kind: "respond", status: 400, body: { message: "no" } },
    { when: ({ method }) => method === "POST" && ++calls === 2 },
  );
  const run = await shell.run(["image", "a boat", "-n", "3", "-o", "boat.png"]);
  expect([run.code, run.stdout]).toEqual([1, "boat-1.png\n"]);
  expect(existsSync(join(shell.folder, "boat-2.png"))).toBe(false);
});
