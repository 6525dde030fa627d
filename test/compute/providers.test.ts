// A provider is used only where it computes what the CPU does. Here another model on the CPU stands for one that does not.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readModelFile } from '../../src/main/compute/graph/model-file.ts';
import { proveModel, type ProvenModel } from '../../src/main/compute/prove-model.ts';
import { tryProvider } from '../../src/main/compute/providers.ts';
import { openSession } from '../../src/main/compute/session.ts';
import { understandModel } from '../../src/main/compute/understand-model.ts';
import { float } from './head-forms.ts';
import { headTensors, makeTinyModel, weights, writeTemporary } from './tiny-models.ts';

let proven: ProvenModel;
beforeEach(async () => {
  const file = await readModelFile(writeTemporary('tiny.onnx', makeTinyModel()));
  proven = await proveModel(file, understandModel(file, {}));
});
afterEach(() => proven.session.release());

/** What comes of a provider that makes the weights `factor` times as large. */
async function tryWith(factor: number): Promise<string> {
  const changed = float(
    'w',
    [3, 2],
    weights.map((value) => value * factor),
  );
  const bytes = makeTinyModel({ initializers: [changed, headTensors[1]!] });
  const file = await readModelFile(writeTemporary('other.onnx', bytes));
  const outcome = await tryProvider(() => openSession({ ...proven.plan, file }, 'cpu'), proven.trial);
  if (typeof outcome === 'string') return outcome;
  await outcome.release();
  return 'used';
}

describe('a provider', () => {
  it.each([1, 1.01])('is used where its numbers are the CPU’s or nearly so: %d', async (factor) => {
    expect(await tryWith(factor)).toBe('used');
  });

  it('is refused with how far they are apart, and where they are none', async () => {
    expect(await tryWith(1.5)).toMatch(/^its results differ from the CPU's by \d+ %$/);
    expect(await tryWith(40)).toMatch(/by \d{4} %$/);
    expect(await tryWith(NaN)).toBe('it makes no finite numbers where the CPU does');
  });

  it('is refused with what it says where it does not open', async () => {
    const outcome = await tryProvider(
      () => Promise.reject(new Error('[ONNXRuntimeError] : 1 : FAIL : no such device')),
      proven.trial,
    );
    expect(outcome).toBe('no such device');
  });
});
