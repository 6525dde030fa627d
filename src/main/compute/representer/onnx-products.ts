// Both products by ONNX Runtime, on the feature matrix where it lies.
import { elementTypes } from '../graph/element-types.ts';
import { createNode, createValue } from '../graph/build.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Kernel } from './kernels.ts';
import type { Products, Turn } from './products.ts';
import { coverRows, type RowBlock } from './row-blocks.ts';

/** `float32` multiplies twice as fast, `float64` exactly; features are float32 and sums float64 in either case. */
export type Precision = 'float32' | 'float64';

/** Features of one block: a copy of them in float64 still fits into the cache, and a cancel is soon heard. */
const usualBlock = { float32: 2 ** 22, float64: 2 ** 19 };

/**
 * Products with the given rows of the matrix, divided by `scale`. Each call throws the signal's reason once it is
 * aborted.
 */
export function createOnnxProducts(
  matrix: FeatureMatrix,
  rows: Int32Array,
  scale: number,
  signal: AbortSignal,
  precision: Precision,
  blockValues = usualBlock[precision],
): Products {
  const { dimensions: d } = matrix;
  const blocks = coverRows(rows, Math.max(64, Math.floor(blockValues / d)));
  let reads = 0;

  async function forEachBlock(
    weights: Float64Array,
    visit: (block: RowBlock, logits: Float64Array, classes: number) => unknown,
  ): Promise<void> {
    const multiply = await openMultiply(precision);
    const classes = weights.length / (d + 1);
    const W = { values: weights.subarray(0, d * classes).map((weight) => weight / scale), dims: [d, classes] };
    const b = { values: weights.subarray(d * classes), dims: [classes] };
    for (const block of blocks) {
      signal.throwIfAborted();
      const { Z } = await multiply({ F: readFeatures(matrix, block), W, b });
      await visit(block, pack(rows, block, Z!, classes), classes);
    }
    reads += 1;
  }

  return {
    rowCount: rows.length,
    dimensions: d + 1,
    get reads() {
      return reads;
    },
    multiply: (weights: Float64Array, turn: Turn) =>
      forEachBlock(weights, ({ first, count }, logits) => turn(logits, first, count)),
    async sweep(weights, turn) {
      const transpose = await openTranspose(precision);
      const sums = createSums(d, weights.length / (d + 1));
      await forEachBlock(weights, async (block, logits, classes) => {
        turn(logits, block.first, block.count);
        const R = { values: unpack(rows, block, logits, classes), dims: [block.span, classes] };
        const { G } = await transpose({ F: readFeatures(matrix, block), R });
        sums.add(G!, sumRows(logits, classes));
      });
      reads += 1;
      return sums.finish(scale);
    },
  };
}

export const readFeatures = (
  { values, dimensions: d }: FeatureMatrix,
  { firstRow, span }: Pick<RowBlock, 'firstRow' | 'span'>,
) => ({
  values: values.subarray(firstRow * d, (firstRow + span) * d),
  dims: [span, d],
});

/** F^T R from the blocks' R^T F (C x d) and the sums of R, which are the share of the bias constant. */
export function createSums(d: number, classes: number) {
  const features = new Float64Array(classes * d);
  const bias = new Float64Array(classes);
  return {
    add(transposed: Float64Array, rowSums: Float64Array): void {
      for (let at = 0; at < features.length; at++) features[at]! += transposed[at]!;
      for (let c = 0; c < classes; c++) bias[c]! += rowSums[c]!;
    },
    /** D x C, of the features divided by `scale`. */
    finish(scale: number): Float64Array {
      const sums = new Float64Array((d + 1) * classes);
      for (let c = 0; c < classes; c++)
        for (let j = 0; j < d; j++) sums[j * classes + c] = features[c * d + j]! / scale;
      sums.set(bias, d * classes);
      return sums;
    },
  };
}

function sumRows(block: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (let at = 0; at < block.length; at += classes) for (let c = 0; c < classes; c++) sums[c]! += block[at + c]!;
  return sums;
}

/** Moves the chosen rows of a block to its front, and returns them. */
export function pack(
  rows: Int32Array,
  { first, count, firstRow, span }: RowBlock,
  block: Float64Array,
  classes: number,
): Float64Array {
  if (count === span) return block;
  for (let i = 0; i < count; i++) {
    const from = (rows[first + i]! - firstRow) * classes;
    block.copyWithin(i * classes, from, from + classes);
  }
  return block.subarray(0, count * classes);
}

/** The chosen rows in their places again, with zeros between. */
function unpack(
  rows: Int32Array,
  { first, count, firstRow, span }: RowBlock,
  packed: Float64Array,
  classes: number,
): Float64Array {
  if (count === span) return packed;
  const block = new Float64Array(span * classes);
  for (let i = 0; i < count; i++)
    block.set(packed.subarray(i * classes, (i + 1) * classes), (rows[first + i]! - firstRow) * classes);
  return block;
}

/** Z = F W + b in the precision; all but F are float64 outside. */
const openMultiply = (precision: Precision): Promise<Kernel> =>
  openKernel(`multiply ${precision}`, () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('W', 'float64', ['d', 'C']),
      createValue('b', 'float64', ['C']),
    ],
    outputs: [createValue('Z', 'float64')],
    nodes: [
      ...['F', 'W', 'b'].map((name) => castNode(name, `${name}_cast`, precision)),
      createNode('Gemm', ['F_cast', 'W_cast', 'b_cast'], ['Z_cast']),
      castNode('Z_cast', 'Z', 'float64'),
    ],
    initializers: [],
  }));

/** G = R^T F in the precision: reading F row by row as it lies is faster than F^T R. */
const openTranspose = (precision: Precision): Promise<Kernel> =>
  openKernel(`transpose ${precision}`, () => ({
    inputs: [createValue('F', 'float32', ['rows', 'd']), createValue('R', 'float64', ['rows', 'C'])],
    outputs: [createValue('G', 'float64')],
    nodes: [
      ...['F', 'R'].map((name) => castNode(name, `${name}_cast`, precision)),
      createNode('Gemm', ['R_cast', 'F_cast'], ['G_cast'], { transA: 1n }),
      castNode('G_cast', 'G', 'float64'),
    ],
    initializers: [],
  }));

/** ONNX Runtime removes the casts that change nothing. */
export const castNode = (from: string, to: string, precision: Precision) =>
  createNode('Cast', [from], [to], { to: BigInt(elementTypes[precision]) });
