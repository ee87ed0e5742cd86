import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Picture } from "../pictures/fetch-picture.js";
import { PictureFault } from "../pictures/picture-client.js";
import { pictureType } from "../pictures/picture-type.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ImageList } from "../request/wire-types.js";
import type { CallContext } from "./call-context.js";
import type { CallObserver } from "./observe-call.js";
import type { PreparedCall } from "./prepared-call.js";
import type { CallOutcome } from "./shape-answer.js";

type Image = ImageList["data"][number];

/** The pictures of one answer, fetched, in bytes: a hundred at their bound would fill a machine. */
const MOST_BYTES = 128_000_000;
const AT_ONCE = 4;

/** An answer as its caller asked for it: its pictures as data, or as addresses. @throws the signal's reason */
export async function givePictures<Item>(
  context: CallContext,
  plan: PreparedCall,
  outcome: CallOutcome<Item>,
  observer: Pick<CallObserver, "planned">,
): Promise<CallOutcome<Item>> {
  if (plan.request.endpoint !== "image" || outcome.kind !== "whole") return outcome;
  const answer = outcome.answer as ImageList;
  const { data, adjustment } = await inFormAskedFor(context, plan, answer.data);
  const adjusted = adjustment === undefined ? plan.adjusted : instead(plan.adjusted, adjustment);
  observer.planned({ ...plan, adjusted });
  return { ...outcome, answer: { ...answer, data }, report: { ...outcome.report, adjusted } };
}

/** What became of a field in place of what was to become of it. */
function instead(adjustments: readonly Adjustment[], last: Adjustment): readonly Adjustment[] {
  return [...adjustments.filter(({ field }) => field !== last.field), last];
}

/**
 * Gives pictures as data where data was asked for and the model answered with addresses, and as addresses where addresses were asked for
 * and it answered with data: those hold the picture themselves. The call is paid for by now, so a picture that can't be fetched keeps
 * its address, and an adjustment says so.
 */
async function inFormAskedFor(
  context: CallContext,
  { request, signal }: PreparedCall,
  data: ImageList["data"],
): Promise<{ readonly data: ImageList["data"]; readonly adjustment?: Adjustment }> {
  const { response_format: format } = request.body;
  if (format === "url") return { data: data.map(withAddress) };
  if (format !== "b64_json") return { data };
  const given = [...data];
  const waiting = data.entries();
  let bytes = 0;
  let fault: string | undefined;
  const fetchInTurn = async (): Promise<void> => {
    // All go through the same list.
    for (const [index, image] of waiting) {
      if (typeof image.b64_json === "string" || typeof image.url !== "string") continue;
      try {
        if (bytes > MOST_BYTES) throw new PictureFault("one answer's pictures are fetched up to 128 MB");
        const picture = await context.pictures.fetch(image.url, signal);
        bytes += picture.bytes.length;
        given[index] = withData(image, picture);
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        fault ??= (error as Error).message;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, data.length) }, fetchInTurn));
  if (fault === undefined) return { data: given };
  context.warn(`A picture was asked for as data and keeps its address, because it can't be fetched: ${fault}.`);
  return {
    data: given,
    adjustment: { field: "response_format", to: "response_format=url", rule: "dialect", changesAnswer: true },
  };
}

/** Gives an error's finished pictures the form that was asked for. @returns the error */
export async function giveCompleted(context: CallContext, plan: PreparedCall, error: unknown): Promise<unknown> {
  const { completed } = (error ?? {}) as { completed?: unknown };
  // A caller who leaves waits for nothing more.
  if (plan.request.endpoint !== "image" || !Array.isArray(completed) || plan.signal?.aborted === true) return error;
  const given = await inFormAskedFor(context, plan, completed).catch(() => undefined);
  if (given === undefined) return error;
  Object.defineProperty(error, "completed", { value: given.data, enumerable: true, configurable: true });
  return error;
}

/** The bytes of a picture. @throws FatalUpstreamError with its address: asked for again, it would be paid for again; or the signal's reason */
export async function fetchOne(
  { pictures }: Pick<CallContext, "pictures">,
  address: string,
  signal: AbortSignal | undefined,
): Promise<Picture> {
  try {
    return await pictures.fetch(address, signal);
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    const place = /^data:/i.test(address) ? "" : ` It lies at ${address.slice(0, 2_000)}`;
    throw new FatalUpstreamError(
      "unexpected_response",
      `The picture was drawn, but can't be fetched: ${(error as Error).message}.${place}`,
      { cause: error },
    );
  }
}

function withData({ url: _, ...image }: Image, { bytes, type }: Picture): Image {
  // The server's word for it may be wrong.
  const named = image.content_type === undefined ? {} : { content_type: type };
  return { ...image, ...named, b64_json: toBase64(bytes) };
}

function withAddress(image: Image): Image {
  const { b64_json: data, ...rest } = image;
  if (typeof data !== "string" || typeof image.url === "string") return image;
  const type = typeOf(data);
  return type === undefined ? image : { ...rest, url: `data:${type};base64,${data}` };
}

function typeOf(data: string): string | undefined {
  try {
    return pictureType(Uint8Array.from(atob(data.slice(0, 64)), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** A multiple of three, so that the pieces of base64 join, and few enough for one call. */
const PIECE_BYTES = 24_576;

/** Works without `Buffer`, so also in browsers. */
function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES))));
  }
  return pieces.join("");
}
