import { describe } from "vitest";
import { testProxy } from "./litellm/proxy-tests.ts";
import { testReadme } from "./litellm/readme-tests.ts";
import { openPython } from "./python.ts";

const python = await openPython("litellm");

// What was missing has been said by openPython.
if (python === undefined) describe.skip("LiteLLM's proxy", () => {});
else {
  describe("LiteLLM's proxy", () => testProxy(python));
  describe("README of litellm-laplas", () => testReadme(python));
}
