// Tensors whose values are written in the file: initializers and Constant nodes, also behind operators that only
// move or rename them.
import { AppError } from '../../../shared/errors.ts';
import { readInts, readTensor } from './attributes.ts';
import { elementTypes } from './element-types.ts';
import { isExternal, readExternalBytes } from './external-data.ts';
import type { GraphIndex } from './graph-index.ts';
import type { NodeProto, TensorProto } from './onnx_pb.js';

/** A tensor known from the file alone. */
export interface Constant {
  dims: number[];
  elementType: number;
  /** Its float32 values, row-major, given where the model's external files lie. Throws 'unreadable' where they are too few. */
  read(externalPaths: Map<string, string>): Float32Array;
}

/**
 * The constant behind a tensor name, or undefined where it is computed from the input or by an operator that is not
 * followed here. No export puts more than two or three operators before a constant; a damaged graph may run in circles.
 */
export function findConstant(name: string, index: GraphIndex, longestPath = 8): Constant | undefined {
  const stored = findStored(name, index);
  if (stored) return fromTensor(stored);
  const maker = index.makers.get(name);
  if (!maker) return undefined;
  const follow = longestPath > 0 ? followed.get(maker.opType) : undefined;
  const source = follow && findConstant(maker.input[0] ?? '', index, longestPath - 1);
  return source && follow(source, maker, index);
}

/** An initializer, or the value of a Constant node. */
function findStored(name: string, index: GraphIndex): TensorProto | undefined {
  const maker = index.makers.get(name);
  return index.initializers.get(name) ?? (maker?.opType === 'Constant' ? readTensor(maker, 'value') : undefined);
}

type Follow = (source: Constant, node: NodeProto, index: GraphIndex) => Constant | undefined;

const followed = new Map<string, Follow>([
  ['Identity', (source) => source],
  ['Transpose', (source, node) => (isTurned(source, node) ? transpose(source) : undefined)],
  ['Reshape', reshape],
]);

function isTurned({ dims }: Constant, node: NodeProto): boolean {
  const order = readInts(node, 'perm') ?? [1, 0];
  return dims.length === 2 && order.length === 2 && order[0] === 1;
}

function reshape(source: Constant, node: NodeProto, index: GraphIndex): Constant | undefined {
  const shape = findStored(node.input[1] ?? '', index);
  const dims = shape && resolveShape(source.dims, readShape(shape));
  return dims && { ...source, dims };
}

/** The values of a tensor in a matrix with rows and columns exchanged. */
export function transpose(source: Constant): Constant {
  const [rows = 1, columns = 1] = source.dims;
  return {
    dims: [columns, rows],
    elementType: source.elementType,
    read: (externalPaths) => {
      const values = source.read(externalPaths);
      const turned = new Float32Array(values.length);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!;
      }
      return turned;
    },
  };
}

function fromTensor(tensor: TensorProto): Constant {
  const dims = tensor.dims.map(Number);
  return {
    dims,
    elementType: tensor.dataType,
    read: (externalPaths) => readFloats(tensor, sizeOf(dims), externalPaths),
  };
}

export const sizeOf = (dims: number[]): number => dims.reduce((product, dim) => product * dim, 1);

function readFloats(tensor: TensorProto, size: number, externalPaths: Map<string, string>): Float32Array {
  if (tensor.dataType !== elementTypes.float32) throw new TypeError(`"${tensor.name}" is not float32.`);
  const bytes = () => (isExternal(tensor) ? readExternalBytes(tensor, size * 4, externalPaths) : tensor.rawData);
  const found = new Float32Array(tensor.floatData.length > 0 ? tensor.floatData : copyWhole(bytes(), 4));
  if (found.length === size) return found;
  throw new AppError(
    'unreadable',
    `The model is damaged: "${tensor.name}" has ${found.length} values where it should have ${size}. Export it again.`,
  );
}

/** Copied, since the bytes lie anywhere in their file and an array of numbers must start at a multiple of its size. */
const copyWhole = (bytes: Uint8Array, size: number) =>
  new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % size))).buffer;

function readShape(tensor: TensorProto): number[] {
  if (tensor.int64Data.length > 0) return tensor.int64Data.map(Number);
  return [...new BigInt64Array(copyWhole(tensor.rawData, 8))].map(Number);
}

/** The dimensions after a Reshape: 0 keeps a dimension, one -1 takes what is left; undefined where they do not fit. */
function resolveShape(from: number[], to: number[]): number[] | undefined {
  const kept = to.map((dim, axis) => (dim === 0 ? (from[axis] ?? 0) : dim));
  const fixed = sizeOf(kept.filter((dim) => dim >= 0));
  const dims = kept.map((dim) => (dim === -1 ? sizeOf(from) / fixed : dim));
  return sizeOf(dims) === sizeOf(from) ? dims : undefined;
}
