/** Why a picture can't be had. Its message completes "The picture can't be fetched: ...", and names no address. */
export class PictureFault extends Error {
  override readonly name = "PictureFault";
}

/** The head of an answer to a GET. Its body must be read or cancelled. */
export interface PictureResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly pieces: AsyncIterable<Uint8Array>;
  cancel(): void;
}

/** Asks for pictures, one address at a time: a redirect is an answer like any other. */
export interface PictureClient {
  /**
   * @param isOwn whether the address is of the provider's own origin, so that it may be a private one
   * @throws PictureFault where the address may not be asked; else whatever the connection fails with
   */
  get(url: URL, isOwn: boolean, signal: AbortSignal): Promise<PictureResponse>;
  close(): Promise<void>;
}

/** Nothing that belongs to the provider's account goes along: the address may be anybody's. */
export const PICTURE_HEADERS: Readonly<Record<string, string>> = {
  "user-agent": "laplas-core",
  accept: "image/*",
};
