import { crc32, inflateSync } from "node:zlib";

export interface ReadPng {
  width: number;
  height: number;
  bitDepth: number;
  colorType: number;
  chunks: string[];
  /** Filter byte of each row. */
  filters: number[];
  /** The color at a pixel. */
  at(x: number, y: number): number[];
}

/** Reads a PNG as a viewer does, and throws where it is not valid. */
export function readPng(file: Buffer): ReadPng {
  if (file.toString("hex", 0, 8) !== "89504e470d0a1a0a") throw new Error("no PNG signature");
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const typed = file.subarray(at + 4, at + 8 + length);
    if (crc32(typed) !== file.readUInt32BE(at + 8 + length)) throw new Error("wrong checksum");
    chunks.push({ type: typed.toString("latin1", 0, 4), data: typed.subarray(4) });
    at += 12 + length;
  }
  const [header] = chunks;
  if (header?.type !== "IHDR") throw new Error("IHDR is not first");
  const [width, height] = [header.data.readUInt32BE(0), header.data.readUInt32BE(4)];
  const stride = width * 3;
  const packed = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)));
  if (packed.length !== (stride + 1) * height) throw new Error(`wrong amount of data: ${packed.length}`);
  const pixels = new Uint8Array(stride * height);
  const filters: number[] = [];
  for (let row = 0; row < height; row += 1) {
    filters.push(packed[row * (stride + 1)] ?? -1);
    for (let index = 0; index < stride; index += 1) {
      const above = row === 0 ? 0 : (pixels[(row - 1) * stride + index] ?? 0);
      pixels[row * stride + index] = (packed[row * (stride + 1) + 1 + index] ?? 0) + above;
    }
  }
  return {
    width,
    height,
    bitDepth: header.data[8] ?? 0,
    colorType: header.data[9] ?? 0,
    chunks: chunks.map(({ type }) => type),
    filters,
    at: (x, y) => [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)],
  };
}
