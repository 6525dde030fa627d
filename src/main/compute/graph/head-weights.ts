// The numbers of a head.
import type { PlainLayer } from './head-forms.ts';

export interface HeadWeights {
  /** d x C, row-major: logits = features x weights + bias. */
  weights: Float32Array;
  /** C; zeros where the graph has none. */
  bias: Float32Array;
}

/** Reads them with all scales of the graph multiplied in. Throws 'unreadable' where the file holds too few. */
export function readHeadWeights(layer: PlainLayer, externalPaths: Map<string, string>): HeadWeights {
  const { weights, bias, weightScale, biasScale } = layer;
  const offsets = bias?.read(externalPaths) ?? new Float32Array(1);
  return {
    weights: weights.read(externalPaths).map((value) => value * weightScale),
    bias: Float32Array.from(
      { length: weights.dims[1] ?? 0 },
      (_, c) => biasScale * offsets[offsets.length === 1 ? 0 : c]!,
    ),
  };
}

/** features (n x d) x weights + bias, n x C, summed in float64. */
export function applyHead({ weights, bias }: HeadWeights, features: Float32Array): Float64Array {
  const classes = bias.length;
  const dimensions = weights.length / classes;
  const count = features.length / dimensions;
  const logits = new Float64Array(count * classes);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < classes; c++) logits[i * classes + c] = bias[c]!;
    for (let k = 0; k < dimensions; k++) {
      const feature = features[i * dimensions + k]!;
      for (let c = 0; c < classes; c++) logits[i * classes + c]! += feature * weights[k * classes + c]!;
    }
  }
  return logits;
}
