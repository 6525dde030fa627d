import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Extractor } from '../../src/main/compute/extract.ts';
import { findHead } from '../../src/main/compute/graph/find-head.ts';
import { applyHead, readHeadWeights } from '../../src/main/compute/graph/head-weights.ts';
import { readModelFile } from '../../src/main/compute/graph/model-file.ts';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { openModel } from '../../src/main/compute/open-model.ts';
import type { ExtractedBlock } from '../../src/shared/compute-contract.ts';
import type { Preprocessing } from '../../src/shared/model.ts';
import { describeWithMaterial, materialPath, unpackMaterial } from '../material.ts';

interface Reference {
  mean: number[];
  std: number[];
  rows: { file: string; logits: number[]; feature_l2: number }[];
}

describeWithMaterial('on real pictures', () => {
  const reference = JSON.parse(readFileSync(materialPath('models/reference_logits.json'), 'utf8')) as Reference;
  const normalised = { mean: reference.mean, std: reference.std };
  const members = reference.rows.map(({ file }) => `cifar10/${file}`);
  const folder = unpackMaterial('cifar10.tar', members);
  const paths = members.map((member) => join(folder, member));

  async function extract(name: string, choice: Partial<Preprocessing>): Promise<ExtractedBlock> {
    const path = materialPath(`models/${name}`);
    const { preprocessing } = await inspectModel(path, choice);
    const extractor = new Extractor(await openModel({ path, preprocessing, provider: 'cpu' }));
    const block = await extractor.extract(paths, new AbortController().signal);
    await extractor.close();
    return block;
  }

  // The same weights in other forms. PyTorch's logits were written with five decimals and its pictures decoded by PIL,
  // whose JPEG decoder makes the same pixels as ours; what is left is float32. Another decoder would be ~0.1 away.
  it.each<[string, Partial<Preprocessing>]>([
    ['resnet20_cifar10jpg.onnx', normalised],
    ['resnet20_cifar10jpg_conv1x1_gap.onnx', normalised],
    ['resnet20_cifar10jpg_features.onnx', normalised],
    ['resnet20_cifar10jpg_fixedbatch1.onnx', normalised],
    ['resnet20_cifar10jpg_gap_conv1x1.onnx', normalised],
    ['resnet20_cifar10jpg_matmul_add.onnx', normalised],
    ['resnet20_cifar10jpg_softmax.onnx', normalised],
    ['resnet20_cifar10jpg_uint8nhwc.onnx', {}],
  ])('%s makes the logits and feature norms of PyTorch to 1e-4', async (name, choice) => {
    const { features, logits, failed } = await extract(name, choice);
    expect(failed).toEqual([]);
    reference.rows.forEach((row, i) => {
      const norm = Math.hypot(...features.subarray(i * 64, (i + 1) * 64));
      expect(Math.abs(norm - row.feature_l2), row.file).toBeLessThan(1e-4);
      const worst = Math.max(...row.logits.map((logit, c) => Math.abs(logit - logits[i * 10 + c]!)));
      expect(worst, row.file).toBeLessThan(1e-4);
    });
  });

  it.each<[string, Partial<Preprocessing>]>([
    ['resnet20_cifar10jpg.onnx', normalised],
    ['resnet20_cifar10jpg_nobias.onnx', normalised],
    ['resnet20_cifar10jpg_matmul_add.onnx', normalised],
    ['resnet20_cifar10jpg_trained_on_cifar10n_worse.onnx', normalised],
    ['resnet20_cifar10_akamaster.onnx', { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }],
    ['resnet8_cifar10_mlperftiny.onnx', { range: '0-255' }],
    ['mobilenet_v1_0.25_96_vww_mlperftiny.onnx', {}],
    ['mobilenet_v1_0.5_160_coral_deq.onnx', { range: '-1-1' }],
    ['mnist-12_ort.onnx', { range: '0-255' }],
    ['tiny_auto_horse.onnx', normalised],
  ])('the head of %s makes its logits of its features', async (name, choice) => {
    const path = materialPath(`models/${name}`);
    const { head } = await inspectModel(path, choice);
    const file = await readModelFile(path);
    const { features, logits, failed } = await extract(name, choice);
    expect(failed).toEqual([]);
    const [candidate] = findHead(file.graph, file.name).candidates;
    const ours = applyHead(readHeadWeights(candidate!.layer!, file.externalPaths), features);
    const largest = logits.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const worst = ours.reduce((max, value, i) => Math.max(max, Math.abs(value - logits[i]!)), 0);
    expect(ours).toHaveLength(20 * head.classes);
    expect(largest).toBeGreaterThan(0.1);
    expect(worst).toBeLessThanOrEqual(1e-4 * (1 + largest));
  });

  it('two CIFAR models that were trained elsewhere know most of the pictures', async () => {
    const classes = [...new Set(reference.rows.map(({ file }) => file.split('/')[1]!))].sort();
    for (const [name, choice] of [
      ['resnet8_cifar10_mlperftiny.onnx', { range: '0-255' }],
      ['resnet20_cifar10_akamaster.onnx', { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }],
    ] as [string, Partial<Preprocessing>][]) {
      const { logits } = await extract(name, choice);
      const right = reference.rows.filter(({ file }, i) => {
        const row = [...logits.subarray(i * 10, (i + 1) * 10)];
        return classes[row.indexOf(Math.max(...row))] === file.split('/')[1];
      });
      expect(right.length, name).toBeGreaterThanOrEqual(15);
    }
  });
});
