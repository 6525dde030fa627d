// Numbers as little-endian bytes and back. Every machine that runs this is little-endian.

export const toBlob = (values: Int32Array | Float32Array | Float64Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

// A Buffer from SQLite need not be aligned, so the bytes are copied once into an array of their own.
const copyBytes = (blob: Buffer): ArrayBuffer => {
  const copy = new ArrayBuffer(blob.byteLength);
  new Uint8Array(copy).set(blob);
  return copy;
};

export const toInt32 = (blob: Buffer): Int32Array => new Int32Array(copyBytes(blob));
export const toFloat32 = (blob: Buffer): Float32Array => new Float32Array(copyBytes(blob));
export const toFloat64 = (blob: Buffer): Float64Array => new Float64Array(copyBytes(blob));
