// The numbers of a head that are not plainly readable in the file: found by running the graph between features and logits.
import { dirname } from 'node:path';
import { cutInput, cutOut } from './graph/cut.ts';
import type { HeadCandidate } from './graph/find-head.ts';
import type { HeadWeights } from './graph/head-weights.ts';
import type { ModelFile } from './graph/model-file.ts';
import { loadOnnxRuntime } from './native-libraries.ts';
import { toFloats, type BatchAnswer } from './session.ts';

/** Rows a run, where the graph takes so many. */
const rowsAtOnce = 256;

/**
 * Weights and bias by probing: what the graph makes of nothing is the bias, what it makes of one feature alone is that
 * feature's row and the bias. A feature is given the largest value that was `seen`, at which rounding weighs least.
 * Whether the head is linear at all is for the caller to see; undefined where the logits hang on more than the features.
 */
export async function probeHead(
  file: ModelFile,
  { entry, logits }: HeadCandidate,
  seen: BatchAnswer,
): Promise<HeadWeights | undefined> {
  if (!entry || logits === null) return undefined;
  const bytes = cutOut(file.bytes, entry, logits, seen.featureType === 'float16');
  if (!bytes) return undefined;
  const [count = 1, ...shape] = seen.featureDims;
  const dimensions = seen.features.length / count;
  const classes = seen.logits.length / count;
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const session = await InferenceSession.create(bytes, {
    extra: { session: { model_external_initializers_file_folder_path: dirname(file.path) } },
  });
  const largest = seen.features.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;

  /** Logits of `size` rows, the first of which has `first` as its only feature; a feature beyond the last is none. */
  async function run(first: number, size: number): Promise<Float32Array> {
    const rows = new Float32Array(size * dimensions);
    for (let i = 0; i < size; i++) if (first + i < dimensions) rows[i * dimensions + first + i] = largest;
    const answer = await session.run({ [cutInput]: new Tensor('float32', rows, [size, ...shape]) });
    return toFloats(answer[logits!]!);
  }

  try {
    const bias = await run(dimensions, count).then((answer) => answer.slice(0, classes));
    const weights = new Float32Array(dimensions * classes);
    // A graph with its batch written in takes the number of rows that it was seen to take, and no other.
    let size = Math.min(rowsAtOnce, dimensions);
    for (let first = 0; first < dimensions; first += size) {
      const answer = await run(first, size).catch((error: unknown) => {
        if (first > 0 || size === count) throw error;
        size = count;
        return run(first, size);
      });
      for (let i = 0; i < size && first + i < dimensions; i++) {
        for (let c = 0; c < classes; c++)
          weights[(first + i) * classes + c] = (answer[i * classes + c]! - bias[c]!) / largest;
      }
    }
    return { weights, bias };
  } finally {
    await session.release();
  }
}
