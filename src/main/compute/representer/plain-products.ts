// Both products in float64, in the plainest way.
import { setImmediate } from 'node:timers/promises';
import type { FeatureMatrix } from './feature-matrix.ts';
import { blockRows, type Products, type Turn } from './products.ts';

/**
 * Products with the given rows of the matrix, divided by `scale`. Each call throws the signal's reason once it is
 * aborted.
 */
export function createPlainProducts(
  matrix: FeatureMatrix,
  rows: Int32Array,
  scale: number,
  signal: AbortSignal,
): Products {
  const { values, dimensions: d } = matrix;
  let reads = 0;

  function multiplyBlock(weights: Float64Array, first: number, block: Float64Array, classes: number): void {
    const bias = weights.subarray(d * classes);
    for (let i = 0, to = 0; to < block.length; i++, to += classes) {
      const offset = rows[first + i]! * d;
      for (let c = 0; c < classes; c++) block[to + c] = 0;
      for (let j = 0; j < d; j++) {
        const feature = values[offset + j]!;
        if (feature === 0) continue;
        for (let c = 0, at = j * classes; c < classes; c++) block[to + c]! += feature * weights[at + c]!;
      }
      for (let c = 0; c < classes; c++) block[to + c] = block[to + c]! / scale + bias[c]!;
    }
  }

  function addTransposed(sums: Float64Array, first: number, block: Float64Array, classes: number): void {
    const bias = sums.subarray(d * classes);
    for (let i = 0, from = 0; from < block.length; i++, from += classes) {
      const offset = rows[first + i]! * d;
      for (let j = 0; j < d; j++) {
        const feature = values[offset + j]! / scale;
        if (feature === 0) continue;
        for (let c = 0, at = j * classes; c < classes; c++) sums[at + c]! += feature * block[from + c]!;
      }
      for (let c = 0; c < classes; c++) bias[c]! += block[from + c]!;
    }
  }

  async function forEachBlock(
    weights: Float64Array,
    visit: (block: Float64Array, first: number, count: number, classes: number) => void,
  ): Promise<void> {
    const classes = weights.length / (d + 1);
    const block = new Float64Array(Math.min(blockRows, rows.length) * classes);
    for (let first = 0; first < rows.length; first += blockRows) {
      const count = Math.min(blockRows, rows.length - first);
      const filled = block.subarray(0, count * classes);
      multiplyBlock(weights, first, filled, classes);
      visit(filled, first, count, classes);
      await setImmediate();
      signal.throwIfAborted();
    }
    reads += 1;
  }

  return {
    rowCount: rows.length,
    dimensions: d + 1,
    get reads() {
      return reads;
    },
    multiply: (weights: Float64Array, turn: Turn) => forEachBlock(weights, turn),
    async sweep(weights, turn) {
      const sums = new Float64Array(weights.length);
      await forEachBlock(weights, (block, first, count, classes) => {
        turn(block, first, count);
        addTransposed(sums, first, block, classes);
      });
      reads += 1;
      return sums;
    },
  };
}
