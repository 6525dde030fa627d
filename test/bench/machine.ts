// What this machine allows: a large product by ONNX Runtime, and reading memory.
import { createNode, createValue } from '../../src/main/compute/graph/build.ts';
import { openKernel } from '../../src/main/compute/representer/kernels.ts';
import { timeOf } from './row.ts';

export interface Machine {
  /** Billions of float32 operations a second in a square product. */
  gigaflops: number;
  /** Billions of bytes a second that one thread compares. */
  gigabytes: number;
}

const size = 1536;
const bytes = 2 ** 28;

export async function measureMachine(): Promise<Machine> {
  const kernel = await openKernel('square product', () => ({
    inputs: [createValue('A', 'float32', [size, size])],
    outputs: [createValue('C', 'float32')],
    nodes: [createNode('MatMul', ['A', 'A'], ['C'])],
    initializers: [],
  }));
  const A = { values: new Float32Array(size * size).fill(1), dims: [size, size] };
  const product = await fastest(() => kernel({ A }));
  const memory = Buffer.alloc(bytes, 1);
  const [first, second] = [memory.subarray(0, bytes / 2), memory.subarray(bytes / 2)];
  const read = await fastest(() => first.equals(second));
  return { gigaflops: (2 * size ** 3) / product / 1e9, gigabytes: bytes / read / 1e9 };
}

async function fastest(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < 5; time++) times.push(await timeOf(work));
  return Math.min(...times);
}
