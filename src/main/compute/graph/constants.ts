// Tensors whose values are written in the file: initializers and Constant nodes, also behind operators that only
// move or rename them.
import { readInt, readInts, readTensor } from './attributes.ts';
import { elementTypes } from './element-types.ts';
import type { GraphIndex } from './graph-index.ts';
import type { NodeProto, TensorProto } from './onnx_pb.js';
import { copyWhole, isReadable, readValues } from './tensor-values.ts';

/** A tensor known from the file alone. */
export interface Constant {
  dims: number[];
  /** Its values as float32, row-major, given where the model's external files lie. Throws 'unreadable' where they are too few. */
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
export function findStored(name: string, index: GraphIndex): TensorProto | undefined {
  const maker = index.makers.get(name);
  return index.initializers.get(name) ?? (maker?.opType === 'Constant' ? readTensor(maker, 'value') : undefined);
}

type Follow = (source: Constant, node: NodeProto, index: GraphIndex) => Constant | undefined;

const followed = new Map<string, Follow>([
  ['Identity', (source) => source],
  ['Cast', (source, node) => (isCastToFloat(node) ? source : undefined)],
  ['DequantizeLinear', dequantize],
  ['Transpose', (source, node) => (isTurned(source, node) ? transpose(source) : undefined)],
  ['Reshape', reshape],
]);

const floats: number[] = [elementTypes.float32, elementTypes.float16, elementTypes.float64];
const isCastToFloat = (node: NodeProto) => floats.includes(readInt(node, 'to', 0));

/** (values - zero point) x scale, each for the whole tensor or for each place along one axis. */
function dequantize(source: Constant, node: NodeProto, index: GraphIndex): Constant | undefined {
  const { dims } = source;
  const [, scaleName = '', zeroName = ''] = node.input;
  const storedScale = findStored(scaleName, index);
  const storedZero = findStored(zeroName, index);
  const scale = storedScale && fromTensor(storedScale);
  const zero = zeroName === '' ? null : storedZero && fromTensor(storedZero);
  const axis = (readInt(node, 'axis', 1) + dims.length) % (dims.length || 1);
  const isPerPlace = scale && sizeOf(scale.dims) === dims[axis];
  if (!scale || zero === undefined || (sizeOf(scale.dims) !== 1 && !isPerPlace)) return undefined;
  const step = sizeOf(dims.slice(axis + 1));
  return {
    dims,
    read: (externalPaths) => {
      const scales = scale.read(externalPaths);
      const zeros = zero?.read(externalPaths) ?? new Float32Array(scales.length);
      const placeOf = (i: number) => Math.floor(i / step) % dims[axis]!;
      const at = (values: Float32Array, i: number) => values[values.length === 1 ? 0 : placeOf(i)]!;
      return source.read(externalPaths).map((value, i) => (value - at(zeros, i)) * at(scales, i));
    },
  };
}

function isTurned({ dims }: Constant, node: NodeProto): boolean {
  const order = readInts(node, 'perm') ?? [1, 0];
  return dims.length === 2 && order.length === 2 && order[0] === 1;
}

function reshape(source: Constant, node: NodeProto, index: GraphIndex): Constant | undefined {
  const shape = findShape(node.input[1] ?? '', index);
  const dims = shape && resolveShape(source.dims, shape);
  return dims && { ...source, dims };
}

/** The values of a tensor in a matrix with rows and columns exchanged. */
export function transpose(source: Constant): Constant {
  const [rows = 1, columns = 1] = source.dims;
  return {
    dims: [columns, rows],
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

function fromTensor(tensor: TensorProto): Constant | undefined {
  const dims = tensor.dims.map(Number);
  if (!isReadable(tensor.dataType)) return undefined;
  return { dims, read: (externalPaths) => readValues(tensor, sizeOf(dims), externalPaths) };
}

export const sizeOf = (dims: number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** The sizes that a Reshape is given, as they stand in the file; undefined where they are computed. */
export function findShape(name: string, index: GraphIndex): number[] | undefined {
  const tensor = findStored(name, index);
  if (!tensor) return undefined;
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
