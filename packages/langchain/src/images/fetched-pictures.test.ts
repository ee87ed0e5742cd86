import { expect, it } from "vitest";
import { reportOf } from "../messages/report-of.js";
import { openWorld } from "../testing/open-world.js";
import { LaplasImages } from "./laplas-images.js";

// Apart from the tests with shortened waits: a picture is given time to come.
it("LaplasImages gives data where the model answers with an address", async () => {
  const { engine } = await openWorld();
  const images = new LaplasImages({ model: "flux/schnell", engine, responseFormat: "b64_json" });
  const pictures = await images.invoke("a red fox in the snow");
  const [picture] = pictures;
  expect(picture).toMatchObject({ type: "image", mimeType: "image/png" });
  expect(picture).not.toHaveProperty("url");
  expect(Buffer.from(String(picture?.data), "base64").subarray(1, 4).toString()).toBe("PNG");
  expect(reportOf(pictures)?.adjusted).toMatchObject([{ to: "response_format=fetched" }]);
});
