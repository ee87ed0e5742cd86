import { type PictureClient, PictureFault, type PictureResponse } from "./picture-client.js";
import { type PictureType, pictureType, TYPE_BYTES } from "./picture-type.js";

/** A picture, whole. */
export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** By its first bytes, whatever its server called it. */
  readonly type: PictureType;
}

/** Bounds on one picture, from its first request to its last byte. */
export interface PictureBounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** The largest model of the catalog draws 2752x1536 pixels: as a PNG of noise 13 MB. */
export const PICTURE_BOUNDS: PictureBounds = { maxBytes: 32_000_000, timeoutMs: 60_000 };

const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a picture from an address that an upstream named. Redirects are followed here, each address checked like the first.
 *
 * @param origin the provider's own: its addresses alone may be private ones
 * @throws PictureFault, or the signal's reason
 */
export async function fetchPicture(
  client: PictureClient,
  origin: string,
  address: string,
  signal: AbortSignal | undefined,
  { maxBytes, timeoutMs }: PictureBounds = PICTURE_BOUNDS,
): Promise<Picture> {
  if (/^data:/i.test(address)) return decodeAddress(address, maxBytes);
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new PictureFault(`it took more than ${timeoutMs / 1_000} s`)),
    timeoutMs,
  );
  const ending = signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]);
  try {
    // A `fetch` of the caller's own may not know signals.
    return await Promise.race([follow(client, origin, address, ending, maxBytes), aborted(ending)]);
  } catch (error) {
    if (ending.aborted) throw ending.reason;
    if (error instanceof PictureFault) throw error;
    const code = codeOf(error);
    throw new PictureFault(`no answer came${code === undefined ? "" : ` (${code})`}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function follow(
  client: PictureClient,
  origin: string,
  address: string,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Picture> {
  let url = readAddress(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    signal.throwIfAborted();
    const response = await client.get(url, url.origin === origin, signal);
    if (REDIRECTS.has(response.status)) {
      response.cancel();
      url = readAddress(response.header("location") ?? "", url);
    } else if (response.status >= 200 && response.status < 300) {
      return readPicture(response, maxBytes);
    } else {
      response.cancel();
      throw new PictureFault(`its server answered ${response.status}`);
    }
  }
  throw new PictureFault(`its server redirects more than ${MOST_REDIRECTS} times`);
}

function readAddress(address: string, base?: URL): URL {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") throw new PictureFault("its address is none of the web");
  if (url.username !== "" || url.password !== "") throw new PictureFault("its address holds a name and a password");
  return url;
}

async function readPicture(response: PictureResponse, maxBytes: number): Promise<Picture> {
  const declared = response.header("content-type");
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    if (Number(response.header("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
    for await (const piece of response.pieces) {
      pieces.push(piece);
      // A page is left as soon as it shows that it is one.
      const isHead = length < TYPE_BYTES;
      length += piece.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      if (isHead && length >= TYPE_BYTES) typeOf(concat(pieces, length), declared);
    }
  } catch (error) {
    response.cancel();
    throw error;
  }
  const bytes = concat(pieces, length);
  return { bytes, type: typeOf(bytes, declared) };
}

function typeOf(bytes: Uint8Array, declared: string | undefined): PictureType {
  const type = pictureType(bytes, declared);
  if (type === undefined) throw new PictureFault("what its server sent is not a picture");
  return type;
}

/** A picture that is its own address. */
function decodeAddress(address: string, maxBytes: number): Picture {
  const [, declared, data] = /^data:([\w./+-]*)[^,]*;base64,(.*)$/is.exec(address) ?? [];
  if (data === undefined) throw new PictureFault("its address is none of the web");
  // Four characters of base64 are three bytes.
  if (data.length * 0.75 > maxBytes + 3) throw tooLarge(maxBytes);
  try {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return { bytes, type: typeOf(bytes, declared) };
  } catch (cause) {
    throw cause instanceof PictureFault ? cause : new PictureFault("its data is not base64", { cause });
  }
}

function tooLarge(maxBytes: number): PictureFault {
  return new PictureFault(`it has more than ${Math.round(maxBytes / 100_000) / 10} MB`);
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  const found = code ?? cause?.code;
  return typeof found === "string" ? found : undefined;
}
