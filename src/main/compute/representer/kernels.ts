// Small ONNX graphs of our own: ONNX Runtime is the linear algebra of a fit.
import type { Tensor } from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import type { Provider } from '../../../shared/model.ts';
import { createModel, toModelBytes, type ModelParts } from '../graph/build.ts';
import { loadOnnxRuntime } from '../native-libraries.ts';

/** Values and dims of what goes in. Arrays are read where they are, also in shared memory; nothing is copied. */
export type Feeds = Record<string, { values: Float32Array | Float64Array | BigInt64Array; dims: number[] }>;

/** Runs the graph; each output is float64. */
export type Kernel = (feeds: Feeds) => Promise<Record<string, Float64Array>>;

const kernels = new Map<string, Promise<Kernel>>();

export interface OpenKernel {
  run: Kernel;
  release(): Promise<void>;
}

/** Opens each graph once in a process, under its name, on the CPU. */
export function openKernel(name: string, describe: () => Omit<ModelParts, 'name'>): Promise<Kernel> {
  let kernel = kernels.get(name);
  if (!kernel) {
    kernel = createKernel({ name, ...describe() }, 'cpu').then(({ run }) => run);
    kernels.set(name, kernel);
  }
  return kernel;
}

/** Opens a graph on one provider; what that has no operator for it leaves to the CPU. Throws what ONNX Runtime says. */
export async function createKernel(parts: ModelParts, provider: Provider): Promise<OpenKernel> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const session = await InferenceSession.create(toModelBytes(createModel(parts)), {
    executionProviders: [provider],
    intraOpNumThreads: availableParallelism(),
    logSeverityLevel: 3,
    // Between two runs the logits may pass through our own code, which threads that spin would slow down.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return {
    async run(feeds) {
      const tensors: Record<string, Tensor> = {};
      for (const [name, { values, dims }] of Object.entries(feeds)) tensors[name] = new Tensor(values, dims);
      const outputs = await session.run(tensors);
      return Object.fromEntries(session.outputNames.map((name) => [name, outputs[name]!.data as Float64Array]));
    },
    release: () => session.release(),
  };
}
