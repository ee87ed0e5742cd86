/**
 * A vector as numbers, from base64 of little-endian 32-bit floats, or as it is. No Buffer: it runs in browsers too.
 * Base64 carries a vector in a quarter of the bytes of decimal text.
 */
export function decodeVector(vector: string | number[]): number[] {
  if (typeof vector !== "string") return vector;
  const binary = atob(vector);
  const view = new DataView(new ArrayBuffer(binary.length));
  for (let index = 0; index < binary.length; index += 1) view.setUint8(index, binary.charCodeAt(index));
  const numbers = new Array<number>(Math.floor(binary.length / 4));
  // A DataView says the byte order; a Float32Array would take the machine's.
  for (let index = 0; index < numbers.length; index += 1) numbers[index] = view.getFloat32(index * 4, true);
  return numbers;
}
