import { afterEach, describe, expect, it } from 'vitest';
import { decodeInto } from '../../src/main/compute/decode-pool.ts';
import { Extractor } from '../../src/main/compute/extract.ts';
import { createNode, createTensor, createValue } from '../../src/main/compute/graph/build.ts';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { openModel } from '../../src/main/compute/open-model.ts';
import type { ExtractedBlock } from '../../src/shared/compute-contract.ts';
import { createRandom } from '../../src/shared/random.ts';
import { colours, saveColours } from './colours.ts';
import { headTensors, logitsOf, makeTinyModel, writeTemporary, type TinyParts } from './tiny-models.ts';

const signal = new AbortController().signal;
const opened: Extractor[] = [];
afterEach(async () => {
  for (const extractor of opened.splice(0)) await extractor.close();
});

async function openTiny(parts: TinyParts = {}, batch?: number): Promise<Extractor> {
  const path = writeTemporary('tiny.onnx', makeTinyModel(parts));
  const { preprocessing } = await inspectModel(path);
  const model = await openModel({ path, preprocessing, provider: 'cpu', ...(batch === undefined ? {} : { batch }) });
  const extractor = new Extractor(model);
  opened.push(extractor);
  return extractor;
}

const meansOf = (index: number) => colours[index]!.map((value) => value / 255);

function expectRow(block: ExtractedBlock, row: number, colour: number): void {
  meansOf(colour).forEach((mean, k) => expect(block.features[row * 3 + k]).toBeCloseTo(mean, 5));
  logitsOf(meansOf(colour)).forEach((logit, c) => expect(block.logits[row * 2 + c]).toBeCloseTo(logit, 5));
}

const clear = (block: ExtractedBlock, row: number) =>
  [...block.features.subarray(row * 3, row * 3 + 3), ...block.logits.subarray(row * 2, row * 2 + 2)].every(
    (v) => v === 0,
  );

describe('extraction', () => {
  it('gives features and logits of each picture, in order, whatever the batch', async () => {
    const paths = await saveColours();
    const blocks: ExtractedBlock[] = [];
    for (const batch of [1, 3, 16]) blocks.push(await (await openTiny({}, batch)).extract(paths, signal));
    for (const block of blocks) {
      expect(block.failed).toEqual([]);
      expect(block.features).toHaveLength(30);
      paths.forEach((_, row) => expectRow(block, row, row));
    }
  });

  it('tells after each batch how many images have gone through the model', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    const { preprocessing } = await inspectModel(path);
    const told: number[] = [];
    const extractor = new Extractor(await openModel({ path, preprocessing, provider: 'cpu', batch: 4 }), (images) =>
      told.push(images),
    );
    opened.push(extractor);
    for (let block = 0; block < 2; block++) await extractor.extract(await saveColours(), signal);
    expect(told).toEqual([4, 8, 10, 14, 18, 20]);
  });

  it('runs no model before the blocks that it answered are sent', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    const { preprocessing } = await inspectModel(path);
    const model = await openModel({ path, preprocessing, provider: 'cpu', batch: 4 });
    let sent = Promise.resolve();
    let inferred = 0;
    const extractor = new Extractor(
      model,
      (images) => (inferred = images),
      () => sent,
    );
    opened.push(extractor);
    const gate = Promise.withResolvers<void>();
    const paths = await saveColours();
    const first = extractor.extract(paths, signal).then(() => void (sent = gate.promise));
    const second = extractor.extract(paths, signal);
    await first;
    await decodeInto(new SharedArrayBuffer(10 * model.writer.tensorBytes), paths, model);
    expect(inferred).toBe(10);
    gate.resolve();
    await second;
    expect(inferred).toBe(20);
  });

  it('is the same to the byte for the same block', async () => {
    const paths = await saveColours();
    const extractor = await openTiny();
    expect(await extractor.extract(paths, signal)).toEqual(await extractor.extract(paths, signal));
  });

  it('is the same to the byte where a value hangs on which others it is computed with', async () => {
    // ONNX Runtime computes a Softplus four or eight at a time and what is left over one by one, which rounds otherwise.
    const side = 32;
    const path = writeTemporary(
      'soft.onnx',
      makeTinyModel({
        input: createValue('picture', 'float32', ['N', 3, side, side]),
        body: [createNode('Softplus', ['picture'], ['pooled'])],
        initializers: [createTensor('w', [3 * side ** 2, 2], new Float32Array(6 * side ** 2)), headTensors[1]!],
      }),
    );
    const { preprocessing } = await inspectModel(path);
    const { session, writer } = await openModel({ path, preprocessing, provider: 'cpu', batch: 61 });
    const pixels = writer.createTensor(61);
    const random = createRandom(3);
    pixels.forEach((_, at) => (pixels[at] = 6 * random() - 3));
    const first = await session.run(pixels, 61);
    for (let again = 0; again < 20; again++) {
      const { features } = await session.run(pixels, 61);
      expect(features.every((value, at) => value === first.features[at])).toBe(true);
    }
    await session.release();
  });

  it.each([1, 4])('fills up the last batch of a model that takes exactly %i', async (batch) => {
    const extractor = await openTiny({
      input: createValue('picture', 'float32', [batch, 3, 4, 4]),
      outputs: [createValue('logits', 'float32', [batch, 2])],
    });
    const block = await extractor.extract(await saveColours(), signal);
    expect(block.features).toHaveLength(30);
    colours.forEach((_, row) => expectRow(block, row, row));
  });

  it('goes one by one where the graph has a batch of one written in, whatever its input declares', async () => {
    const parts: TinyParts = {
      body: [
        createNode('GlobalAveragePool', ['picture'], ['means']),
        createNode('Reshape', ['means', 'one'], ['pooled']),
      ],
      initializers: [...headTensors, createTensor('one', [2], BigInt64Array.of(1n, 3n))],
    };
    const path = writeTemporary('tiny.onnx', makeTinyModel(parts));
    expect((await inspectModel(path)).input.batch).toBe(1);
    const block = await (await openTiny(parts)).extract(await saveColours(), signal);
    colours.forEach((_, row) => expectRow(block, row, row));
  });

  it('takes bytes with channels last', async () => {
    const extractor = await openTiny({
      input: createValue('picture', 'uint8', ['N', 4, 4, 3]),
      body: [
        createNode('Cast', ['picture'], ['cast'], { to: 1n }),
        createNode('Transpose', ['cast'], ['first'], { perm: [0n, 3n, 1n, 2n] }),
        createNode('Div', ['first', 'all'], ['scaled']),
        createNode('GlobalAveragePool', ['scaled'], ['pooled']),
      ],
      initializers: [...headTensors, createTensor('all', [], Float32Array.of(255))],
    });
    const block = await extractor.extract(await saveColours(), signal);
    colours.forEach((_, row) => expectRow(block, row, row));
  });

  it('gives d features of each image, also where they leave the graph as d x 1 x 1', async () => {
    const extractor = await openTiny({
      head: [
        createNode('Reshape', ['pooled', 'deep'], ['deepFeatures']),
        createNode('MatMul', ['deepFeatures', 'w'], ['z']),
        createNode('Flatten', ['z'], ['logits']),
      ],
      initializers: [headTensors[0]!, createTensor('deep', [4], BigInt64Array.of(0n, 1n, 1n, 3n))],
    });
    const block = await extractor.extract(await saveColours(), signal);
    meansOf(4).forEach((mean, k) => expect(block.features[4 * 3 + k]).toBeCloseTo(mean, 5));
  });

  it('marks pictures that cannot be read, and goes on', async () => {
    const paths = await saveColours();
    const broken = writeTemporary('broken.jpg', 'no picture');
    const block = await (
      await openTiny({}, 2)
    ).extract([paths[0]!, broken, paths[2]!, '/nowhere.png', paths[4]!], signal);
    expect(block.failed).toEqual([
      { index: 1, reason: expect.stringContaining('no picture that can be read') },
      { index: 3, reason: 'The file is missing.' },
    ]);
    for (const row of [0, 2, 4]) expectRow(block, row, row);
    for (const row of [1, 3]) expect(clear(block, row)).toBe(true);
  });

  it('marks pictures of which the model makes no finite numbers', async () => {
    // log(r - 0.1): not a number for the first picture, whose red is 0, and finite for noise.
    const extractor = await openTiny({
      body: [
        createNode('GlobalAveragePool', ['picture'], ['means']),
        createNode('Sub', ['means', 'tenth'], ['less']),
        createNode('Log', ['less'], ['pooled']),
      ],
      initializers: [...headTensors, createTensor('tenth', [3, 1, 1], Float32Array.of(0.05, -1, -1))],
    });
    const block = await extractor.extract(await saveColours(), signal);
    expect(block.failed).toEqual([{ index: 0, reason: 'The model makes no finite numbers of this picture.' }]);
    expect(clear(block, 0)).toBe(true);
    expect(clear(block, 1)).toBe(false);
  });

  it('takes fewer at a time where there is no memory for a batch, and says so where there is none for one', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    const { preprocessing } = await inspectModel(path);
    const sizes: number[] = [];
    const openScarce = async (most: number) => {
      const model = await openModel({ path, preprocessing, provider: 'cpu', batch: 8 });
      const run: typeof model.session.run = async (pixels, count) => {
        sizes.push(count);
        if (count > most) throw new Error('bfc_arena.cc: Failed to allocate memory for requested buffer of size 1');
        return model.session.run(pixels, count);
      };
      const extractor = new Extractor({ ...model, session: { run, release: () => model.session.release() } });
      opened.push(extractor);
      return extractor;
    };
    const block = await (await openScarce(3)).extract(await saveColours(), signal);
    expect(sizes).toEqual([8, 4, 2, 2, 4, 2, 2, 2]);
    expect(block).toEqual(await (await openTiny({}, 8)).extract(await saveColours(), signal));
    await expect((await openScarce(0)).extract(await saveColours(), signal)).rejects.toThrow('not enough memory');
  });

  it('runs blocks in the order in which they came, and stops one that is cancelled without harm to the next', async () => {
    const paths = await saveColours();
    const extractor = await openTiny({}, 1);
    const cancelling = new AbortController();
    const order: number[] = [];
    const first = extractor.extract(paths, cancelling.signal).catch((error: unknown) => error);
    const second = extractor.extract(paths.slice(3, 5), signal).finally(() => order.push(2));
    const third = extractor.extract(paths.slice(5), signal).finally(() => order.push(3));
    cancelling.abort();
    expect(await first).toMatchObject({ name: 'AbortError' });
    expectRow(await second, 0, 3);
    expectRow(await third, 0, 5);
    expect(order).toEqual([2, 3]);
  });

  it('is refused once the model is closed', async () => {
    const extractor = await openTiny();
    await extractor.close();
    await expect(extractor.extract(await saveColours(), signal)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of nothing is nothing', async () => {
    expect(await (await openTiny()).extract([], signal)).toEqual({
      features: new Float32Array(),
      logits: new Float32Array(),
      failed: [],
    });
  });
});

describe('a model is refused', () => {
  const inspect = (parts: TinyParts) => inspectModel(writeTemporary('tiny.onnx', makeTinyModel(parts)));

  it.each<[string, TinyParts, string]>([
    ['with an operator that does not exist', { body: [createNode('Blur', ['picture'], ['pooled'])] }, 'operator Blur'],
    ['of an operator set to come', { opset: 99 }, 'newer ONNX version (99)'],
    ['of a file version to come', { irVersion: 99 }, 'newer ONNX version (99)'],
    ['of an operator set that is too old', { opset: 6 }, 'operator Gemm'],
    [
      'when its features are not one row for each image',
      { body: [createNode('Identity', ['picture'], ['pooled'])] },
      'tiny.onnx cannot be run',
    ],
  ])('%s', async (_, parts, sentence) => {
    const refusal = inspect(parts);
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported' });
    await expect(refusal).rejects.toThrow(sentence);
  });

  it('when it makes no numbers', async () => {
    const initializers = [createTensor('w', [3, 2], new Float32Array(6).fill(NaN)), headTensors[1]!];
    await expect(inspect({ initializers })).rejects.toThrow('makes no finite numbers');
  });
});

describe('a provider', () => {
  it('that is not there is an error when it is asked for, with the reason', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    const { preprocessing } = await inspectModel(path);
    const refused = process.platform === 'win32' ? 'coreml' : 'dml';
    const refusal = openModel({ path, preprocessing, provider: refused });
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported' });
    await expect(refusal).rejects.toThrow(`${refused}: ONNX Runtime for this system is built without it`);
  });

  it('is chosen where none is asked for, and those that were passed over have reasons', async () => {
    const path = writeTemporary('tiny.onnx', makeTinyModel());
    const { preprocessing } = await inspectModel(path);
    const model = await openModel({ path, preprocessing, provider: 'auto' });
    opened.push(new Extractor(model));
    expect(model.providersTried.map(({ name }) => name)).not.toContain(model.provider);
    for (const { reason } of model.providersTried) expect(reason).toMatch(/\S/);
    if (process.platform === 'linux' && model.provider === 'cpu') {
      expect(model.providersTried.map(({ name }) => name)).toEqual(['cuda', 'webgpu']);
    }
  });
});
