import { describe } from "vitest";
import { testPackage } from "./litellm/package-tests.ts";
import { testRouter } from "./litellm/router-tests.ts";
import { openPython } from "./python.ts";

const python = await openPython("litellm");

// What was missing has been said by openPython.
if (python === undefined) describe.skip("LiteLLM", () => {});
else {
  describe("litellm-laplas", () => testPackage(python));
  describe("LiteLLM's Router", () => testRouter(python));
}
