import { crc32, deflateSync } from "node:zlib";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const trueColor = 2;
/** Each byte as its difference from the one above: a painted sky becomes runs of zeros and ones. */
const upFilter = 2;

/** A PNG of 8-bit red, green and blue, row by row. */
export function encodePng(pixels: Uint8Array, columns: number, rows: number): Buffer {
  const stride = columns * 3;
  const filtered = new Uint8Array((stride + 1) * rows);
  for (let row = 0; row < rows; row += 1) {
    const target = row * (stride + 1);
    filtered[target] = upFilter;
    for (let index = 0; index < stride; index += 1) {
      const at = row * stride + index;
      filtered[target + 1 + index] = (pixels[at] ?? 0) - (row > 0 ? (pixels[at - stride] ?? 0) : 0);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(columns, 0);
  header.writeUInt32BE(rows, 4);
  header.set([8, trueColor, 0, 0, 0], 8);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(filtered, { level: 6 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(typed.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(typed, 4);
  whole.writeUInt32BE(crc32(typed), typed.length + 4);
  return whole;
}
