// The numbers of a stored tensor, whatever type they are stored in.
import { tell } from '../../../shared/told.ts';
import { elementTypes } from './element-types.ts';
import { isExternal, readExternalBytes } from './external-data.ts';
import type { TensorProto } from './onnx_pb.js';

interface Storage {
  /** Bytes of one value in `raw_data`. */
  size: number;
  decode(bytes: ArrayBuffer): ArrayLike<number>;
  /** Where values stand that are not in `raw_data`. */
  listed(tensor: TensorProto): ArrayLike<number>;
}

const inInt32 = (tensor: TensorProto) => tensor.int32Data;

/** The types that weights, scales and zero points come in. */
const storages = new Map<number, Storage>([
  [elementTypes.float32, { size: 4, decode: (bytes) => new Float32Array(bytes), listed: (tensor) => tensor.floatData }],
  [
    elementTypes.float64,
    { size: 8, decode: (bytes) => new Float64Array(bytes), listed: (tensor) => tensor.doubleData },
  ],
  [elementTypes.int8, { size: 1, decode: (bytes) => new Int8Array(bytes), listed: inInt32 }],
  [elementTypes.uint8, { size: 1, decode: (bytes) => new Uint8Array(bytes), listed: inInt32 }],
  [elementTypes.int32, { size: 4, decode: (bytes) => new Int32Array(bytes), listed: inInt32 }],
  [
    elementTypes.float16,
    {
      size: 2,
      decode: (bytes) => fromHalves(new Uint16Array(bytes)),
      listed: (tensor) => fromHalves(Uint16Array.from(tensor.int32Data)),
    },
  ],
]);

/** Whether `readValues` can read tensors of this type. */
export const isReadable = (elementType: number): boolean => storages.has(elementType);

/** Row-major, as float32. Throws 'unreadable' where the file has fewer or more values than `size`. */
export function readValues(tensor: TensorProto, size: number, externalPaths: Map<string, string>): Float32Array {
  const storage = storages.get(tensor.dataType);
  if (!storage) throw new TypeError(`"${tensor.name}" has element type ${tensor.dataType}.`);
  const listed = storage.listed(tensor);
  const bytes = () =>
    isExternal(tensor) ? readExternalBytes(tensor, size * storage.size, externalPaths) : tensor.rawData;
  const found = Float32Array.from(listed.length > 0 ? listed : storage.decode(copyWhole(bytes(), storage.size)));
  if (found.length === size) return found;
  throw tell('unreadable', 'values-damaged', { tensor: tensor.name, found: found.length, wanted: size });
}

/** Copied, since the bytes lie anywhere in their file and an array of numbers must start at a multiple of its size. */
export const copyWhole = (bytes: Uint8Array, size: number): ArrayBuffer =>
  new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % size))).buffer;

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. Node before 24 has no Float16Array. */
export function fromHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
