import { fromBinary } from '@bufbuild/protobuf';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toModelBytes } from '../../../src/main/compute/graph/build.ts';
import { exposeTensors } from '../../../src/main/compute/graph/expose.ts';
import { readModelFile } from '../../../src/main/compute/graph/model-file.ts';
import { ModelProtoSchema } from '../../../src/main/compute/graph/onnx_pb.js';
import { describeWithMaterial, materialPath } from '../../material.ts';
import { makeTinyModel, writeTemporary } from '../tiny-models.ts';

describe('an ONNX file', () => {
  it('keeps fields that are not understood', () => {
    // Field 20 of the model, training_info, is not in our schema: tag 162 1, two bytes of content.
    const bytes = Buffer.concat([makeTinyModel(), Buffer.from([162, 1, 2, 18, 0])]);
    expect(Buffer.from(toModelBytes(fromBinary(ModelProtoSchema, bytes))).equals(bytes)).toBe(true);
  });

  it('gets outputs by having bytes put behind it, each tensor once', async () => {
    const file = await readModelFile(writeTemporary('tiny.onnx', makeTinyModel()));
    const bytes = exposeTensors(file, ['features', 'logits', 'features']);
    expect(Buffer.from(bytes.subarray(0, file.bytes.length)).equals(file.bytes)).toBe(true);
    const { graph } = fromBinary(ModelProtoSchema, bytes);
    expect(graph?.output.map((value) => value.name)).toEqual(['logits', 'features']);
    expect(graph?.node).toHaveLength(file.graph.node.length);
  });

  it.each([0, 1, 10, 0.1, 0.5, 0.9, 0.999])('cut at %d is unreadable, with its name', async (cut) => {
    const bytes = makeTinyModel();
    const path = writeTemporary('cut.onnx', bytes.subarray(0, cut < 1 ? Math.floor(bytes.length * cut) : cut));
    await expect(readModelFile(path)).rejects.toMatchObject({
      code: 'unreadable',
      message: 'cut.onnx is not an ONNX model, or it is cut short or damaged. Export it again.',
    });
  });

  it('that is something else, a folder or missing is unreadable', async () => {
    const text = writeTemporary('notes.onnx', 'This is not a model at all, but someone named it so.');
    await expect(readModelFile(text)).rejects.toMatchObject({ code: 'unreadable' });
    await expect(readModelFile(import.meta.dirname)).rejects.toMatchObject({ code: 'unreadable' });
    await expect(readModelFile('/nowhere/at-all.onnx')).rejects.toThrow('There is no file "at-all.onnx"');
  });
});

describeWithMaterial('real models', () => {
  const models = readdirSync(materialPath('models')).filter((name) => name.endsWith('.onnx'));
  it.each(models)('%s comes back byte for byte', (name) => {
    const bytes = readFileSync(materialPath(`models/${name}`));
    expect(Buffer.from(toModelBytes(fromBinary(ModelProtoSchema, bytes))).equals(bytes)).toBe(true);
  });
});
