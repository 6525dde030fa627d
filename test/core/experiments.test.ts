import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ExperimentResult } from '../../src/shared/experiment.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

describe('an experiment', () => {
  let real: RealCore;
  let wrong: string[];
  beforeAll(async () => {
    real = startRealCore();
    wrong = await makeFittedProject(real);
  });
  afterAll(async () => {
    await real.close();
    removeFolder(real.folder);
  });

  it('compares rankings on the images of the project, writes a table, and changes nothing', async () => {
    const params = {
      flip: 0.3,
      lambda: 0.01,
      seeds: 2,
      checked: [0.25, 0.5, 1],
      folder: await real.place(real.folder),
    };
    const { id, state } = await real.run({ kind: 'experiment', params });
    expect(state).toBe('done');
    const result = (await real.client.call('jobs.result', { id })) as ExperimentResult;
    expect(result.methods.map(({ method }) => method)).toEqual(['suspicion', 'importance', 'self-influence', 'random']);
    for (const { shares } of result.methods) expect(shares.at(-1)!.found).toEqual({ mean: 1, sd: 0 });
    const [suspicion] = result.methods;
    expect(suspicion!.averagePrecision.mean).toBeGreaterThan(result.methods[3]!.averagePrecision.mean);
    const table = readFileSync(join(real.folder, 'experiment.csv'), 'utf8').trim().split('\n');
    expect(table).toHaveLength(1 + 4 * 3);
    expect(await sharp(join(real.folder, 'experiment.png')).metadata()).toMatchObject({ format: 'png', width: 1600 });
    expect(result).toMatchObject({ noise: 'symmetric', wrong: 0.3 });
    expect(result.clean!.mean).toBeGreaterThanOrEqual(result.before!.mean);

    const folder = await real.place(real.folder);
    const again = await real.client.call('experiments.write', { id, folder, name: 'again' });
    expect(again.written.map((path) => readFileSync(path).length)).toEqual(
      ['csv', 'png'].map((ending) => readFileSync(join(real.folder, `experiment.${ending}`)).length),
    );
    await expect(real.client.call('experiments.write', { id: 1, folder, name: 'none' })).rejects.toThrow(
      'is no experiment',
    );
    const { progress } = await real.client.call('reviews.undo', {});
    expect(progress.decided).toBe(0);

    // Before anything is computed.
    expect(await real.run({ kind: 'experiment', params })).toMatchObject({
      state: 'failed',
      done: 0,
      error: expect.stringContaining('experiment.csv exists already'),
    });
  });

  it('keeps what it came to where the files cannot be written, and says so', async () => {
    const out = join(real.folder, 'out');
    mkdirSync(out);
    const params = { flip: 0.3, lambda: 0.01, seeds: 1, methods: ['random' as const], folder: await real.place(out) };
    const running = real.run({ kind: 'experiment', params });
    // The folder is a file by the time of writing.
    rmSync(out, { recursive: true });
    writeFileSync(out, '');
    const { id, state, note } = await running;
    expect({ state, note }).toMatchObject({ state: 'done', note: expect.stringContaining('could not be written') });
    const result = (await real.client.call('jobs.result', { id })) as ExperimentResult;
    expect(result.written).toEqual([]);
    expect(result.notWritten).toContain('experiment.csv could not be written');
    expect(result.methods).toHaveLength(1);
    rmSync(out);
    mkdirSync(out);
    const folder = await real.place(out);
    await real.client.call('experiments.write', { id, folder, name: 'later' });
    expect(readdirSync(out).sort()).toEqual(['later.csv', 'later.png']);
  });

  it('takes the truth from a file, and the pixels as features', async () => {
    const file = join(real.folder, 'truth.csv');
    const { rows } = await real.client.call('queue.page', { query: { method: 'importance' }, from: 0, count: 40 });
    const names = new Map((await real.client.call('classes.list', {})).map(({ id, name }) => [id, name]));
    const truthOf = (row: (typeof rows)[number]) =>
      names.get(wrong.includes(row.path) ? 3 - row.givenClassId : row.givenClassId)!;
    writeFileSync(file, `path,label\n${rows.map((row) => `${row.path},${truthOf(row)}`).join('\n')}\n`);
    const params = {
      truth: await real.place(file),
      seeds: 1,
      features: 'pixels' as const,
      lambda: 0.01,
      checked: [0.1],
    };
    const { id, error } = await real.run({ kind: 'experiment', params });
    expect(error).toBeNull();
    const { methods } = (await real.client.call('jobs.result', { id })) as ExperimentResult;
    // Four of forty are wrong, and the colours tell them apart at once.
    expect(methods[0]!.shares[0]!.found.mean).toBe(1);

    writeFileSync(
      file,
      `path,label\n${rows.map(({ path, givenClassId }) => `${path},${names.get(givenClassId)!}`).join('\n')}\n`,
    );
    const anew = await real.run({ kind: 'experiment', params: { ...params, truth: await real.place(file) } });
    expect(anew.error).toBe('No label is wrong: there is nothing to find.');
  });
});
