// A hundred broken pictures: each is decoded or named with one sentence, and those between them come out as ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { startComputeProcess } from '../../src/main/server/child-port.ts';
import type { ComputeCalls, ComputeEvents } from '../../src/shared/compute-contract.ts';
import { connect } from '../../src/shared/rpc.ts';
import { drawBrokenPictures } from './broken-pictures.ts';
import { makeFolder, makeTinyModel, writeTemporary } from './tiny-models.ts';

it('a hundred broken pictures leave the process alive and their neighbours as they are', async () => {
  const folder = makeFolder();
  const { sound, broken } = await drawBrokenPictures();
  const good = join(folder, 'good.jpg');
  writeFileSync(good, sound[0]!);
  const paths = broken.flatMap((bytes, i) => {
    const path = join(folder, `${i}.jpg`);
    writeFileSync(path, bytes);
    return [path, good];
  });

  const compute = await startComputeProcess(
    join(import.meta.dirname, '../../src/main/server/compute-process.ts'),
    () => undefined,
  );
  const { call } = connect<ComputeCalls, ComputeEvents>(compute.port);
  const model = writeTemporary('tiny.onnx', makeTinyModel());
  const { preprocessing } = await inspectModel(model);
  await call('model.open', { path: model, preprocessing, provider: 'cpu' });
  const measured = await call('images.measure', { paths });
  const { features, failed } = await call('model.extract', { paths });
  compute.kill();

  expect(measured).toHaveLength(200);
  const reasons = new Map(failed.map(({ index, reason }) => [index, reason]));
  expect(reasons.size).toBeGreaterThan(40);
  for (const [index, reason] of reasons) {
    expect(index % 2, reason).toBe(0);
    expect(reason).toMatch(/^[A-Z][^\n]{10,150}\.$/);
  }
  const row = (index: number) => [...features.subarray(index * 3, index * 3 + 3)];
  for (let index = 1; index < 200; index += 2) expect(row(index)).toEqual(row(1));
  expect(row(1).every((value) => value > 0.3 && value < 0.7)).toBe(true);
});
