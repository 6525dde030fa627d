// A hundred broken pictures: each is decoded or named with one sentence, and those between them come out as ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { startComputeProcess } from '../../src/main/server/child-port.ts';
import type { ComputeCalls, ComputeEvents } from '../../src/shared/compute-contract.ts';
import { createRandom } from '../../src/shared/random.ts';
import { connect } from '../../src/shared/rpc.ts';
import { makeFolder, makeTinyModel, writeTemporary } from './tiny-models.ts';

const random = createRandom(13);
const pick = (count: number) => Math.floor(random() * count);

it('a hundred broken pictures leave the process alive and their neighbours as they are', async () => {
  const folder = makeFolder();
  const noise = Buffer.from(Array.from({ length: 48 * 48 * 3 }, () => pick(256)));
  const picture = sharp(noise, { raw: { width: 48, height: 48, channels: 3 } });
  const sound = await Promise.all(
    (['jpeg', 'png', 'webp', 'gif', 'tiff'] as const).map((format) => picture.clone().toFormat(format).toBuffer()),
  );
  const broken = Array.from({ length: 100 }, (_, i) => {
    const bytes = Uint8Array.from(sound[i % sound.length]!);
    if (i % 4 === 0) return bytes.subarray(0, pick(bytes.length));
    if (i % 4 === 3) return Uint8Array.from({ length: pick(3000) }, () => pick(256));
    for (let flips = 0; flips < 3 + (i % 30); flips++) bytes[pick(bytes.length)] = pick(256);
    // The head of the file, where sizes and tables are.
    if (i % 4 === 2) for (let flips = 0; flips < 4; flips++) bytes[4 + pick(40)] = pick(256);
    return bytes;
  });
  const good = join(folder, 'good.jpg');
  writeFileSync(good, sound[0]!);
  const paths = broken.flatMap((bytes, i) => {
    const path = join(folder, `${i}.jpg`);
    writeFileSync(path, bytes);
    return [path, good];
  });

  const compute = await startComputeProcess(join(import.meta.dirname, '../../src/main/server/compute-process.ts'));
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
