import { create } from '@bufbuild/protobuf';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../../../src/main/compute/export-model.ts';
import { createNode } from '../../../src/main/compute/graph/build.ts';
import { findHead } from '../../../src/main/compute/graph/find-head.ts';
import { readHeadWeights } from '../../../src/main/compute/graph/head-weights.ts';
import { readModelFile } from '../../../src/main/compute/graph/model-file.ts';
import { StringStringEntryProtoSchema, TensorProtoSchema } from '../../../src/main/compute/graph/onnx_pb.js';
import { inspectModel } from '../../../src/main/compute/inspect-model.ts';
import type { ExportRequest } from '../../../src/shared/compute-contract.ts';
import { float } from '../head-forms.ts';
import { headTensors, makeFolder, makeTinyModel, weights } from '../tiny-models.ts';

/** Any head in the place of its own, checked on no picture. */
async function exportTo(path: string, target: string, dimensions = 3) {
  const { sha256, preprocessing } = await inspectModel(path);
  const request: ExportRequest = {
    path,
    sha256,
    preprocessing,
    provider: 'cpu',
    weights: new Float64Array(2 * (dimensions + 1)),
    scale: 1,
    classNames: ['a', 'b'],
    metadata: {},
    target,
    paths: [],
    logits: new Float64Array(),
  };
  return exportModel(request, new AbortController().signal);
}

/** A folder with a model of which the weights of the head, or of its body, lie at `location`, eight bytes into the file there. */
function writeModel(
  location: string,
  content = [0, 0, ...weights],
  where: 'head' | 'body' = 'head',
): { path: string; folder: string } {
  const folder = join(makeFolder(), 'model');
  mkdirSync(join(folder, 'weights'), { recursive: true });
  const entry = (key: string, value: string) => create(StringStringEntryProtoSchema, { key, value });
  const tensor = create(TensorProtoSchema, {
    name: 'w',
    dims: [3n, 2n],
    dataType: 1,
    dataLocation: 1,
    externalData: [entry('location', location), entry('offset', '8'), entry('length', '24')],
  });
  const head = [createNode('MatMul', ['features', 'w'], ['two']), createNode('Gemm', ['two', 'w2'], ['logits'])];
  const parts = where === 'head' ? {} : { head, initializers: [tensor, float('w2', [2, 2], [1, 0, 0, 1])] };
  writeFileSync(join(folder, 'model.onnx'), makeTinyModel({ initializers: [tensor, headTensors[1]!], ...parts }));
  const bytes = new Uint8Array(Float32Array.from(content).buffer);
  writeFileSync(join(folder, 'weights', 'w.bin'), bytes);
  writeFileSync(join(folder, '..', 'outside.bin'), bytes);
  return { path: join(folder, 'model.onnx'), folder };
}

describe('weights beside a model', () => {
  it('are read from its folder, by us and by ONNX Runtime alike', async () => {
    const { path } = writeModel('weights/w.bin');
    const file = await readModelFile(path);
    const [candidate] = findHead(file.graph, file.name).candidates;
    expect([...readHeadWeights(candidate!.layer!, file.externalPaths).weights]).toEqual(weights);
    // Proves the head on ONNX Runtime: with other weights there it would throw.
    expect((await inspectModel(path)).head).toMatchObject({ dimensions: 3, classes: 2 });
  });

  it('do not go along with the repaired model where only the old head referred to them', async () => {
    const { path, folder } = writeModel('weights/w.bin');
    const target = join(folder, '..', 'repaired.onnx');
    const { copied } = await exportTo(path, target);
    expect(copied).toEqual([]);
    expect(existsSync(join(folder, '..', 'weights'))).toBe(false);
    expect((await inspectModel(target)).head).toMatchObject({ dimensions: 3, classes: 2 });
  });

  it('go along with the repaired model once, and never over other ones', async () => {
    const { path, folder } = writeModel('weights/w.bin', undefined, 'body');
    const other = join(folder, '..', 'other');
    mkdirSync(other);
    expect(await exportTo(path, join(other, 'first.onnx'), 2)).toMatchObject({ copied: ['weights/w.bin'] });
    expect(await exportTo(path, join(other, 'second.onnx'), 2)).toMatchObject({ copied: [] });
    writeFileSync(join(other, 'weights/w.bin'), 'of another model');
    await expect(exportTo(path, join(other, 'third.onnx'), 2)).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(join(other, 'weights/w.bin'), 'utf8')).toBe('of another model');
  });

  it.each(['../outside.bin', 'weights/../../outside.bin', '/etc/hostname', '..', '.', ''])(
    'outside its folder are refused: "%s"',
    async (location) => {
      const refusal = inspectModel(writeModel(location).path);
      await expect(refusal).rejects.toMatchObject({ code: 'unsupported', detail: { location } });
      await expect(refusal).rejects.toThrow('outside its own folder');
    },
  );

  it('behind a link that leads out are refused, for a file and for a folder', async () => {
    const { path, folder } = writeModel('link.bin');
    symlinkSync(join(folder, '..', 'outside.bin'), join(folder, 'link.bin'));
    await expect(inspectModel(path)).rejects.toThrow('outside its own folder');

    const other = writeModel('up/outside.bin');
    symlinkSync(join(other.folder, '..'), join(other.folder, 'up'));
    await expect(inspectModel(other.path)).rejects.toThrow('outside its own folder');
  });

  it('that are missing or too short are unreadable', async () => {
    await expect(inspectModel(writeModel('none.bin').path)).rejects.toMatchObject({
      code: 'unreadable',
      message: 'The model\'s file "none.bin" is missing. Put it beside the model.',
    });
    await expect(inspectModel(writeModel('weights/w.bin', [0, 0, 1]).path)).rejects.toThrow(/cannot be run|is damaged/);
  });
});
