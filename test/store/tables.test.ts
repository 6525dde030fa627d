import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { blockSize } from '../../src/main/store/feature-table.ts';
import { migrations } from '../../src/main/store/migrations/index.ts';
import { orderSql, scanSql } from '../../src/main/store/queue-sql.ts';
import { pageSql } from '../../src/main/store/ranking-table.ts';
import { makeSmallProject, smallModel } from './small-project.ts';

describe('features', () => {
  it('come back bit for bit, and a block that is shorter than it should be is missing', () => {
    const { store, modelId } = makeSmallProject();
    const features = Float32Array.of(0.1, -1e-30, 3.5, Math.fround(1 / 3), 5, 6);
    const block = {
      firstImageId: 1,
      features,
      logits: new Float32Array(6),
      provider: 'cuda' as const,
      failed: [{ imageId: 2, reason: 'is torn' }],
    };
    store.transaction(() => store.features.save(modelId, 3, block));
    expect(store.features.read(modelId, 1)).toEqual(features);
    expect(store.features.presentBlocks(modelId, 3)).toEqual(new Set([1]));
    expect(store.features.presentBlocks(modelId, 7)).toEqual(new Set());
    expect(store.features.presentBlocks(modelId, blockSize)).toEqual(new Set());
    store.transaction(() => store.features.save(modelId, 3, { ...block, firstImageId: 257, provider: 'cpu' }));
    expect(store.features.providers(modelId)).toEqual(['cpu', 'cuda']);
    expect(store.features.problemOf(modelId, 2)).toBe('is torn');
    expect(store.images.problems(10)).toEqual([{ path: 'train/0002.png', reason: 'is torn' }]);
    expect(store.labels.ofSplit('train', modelId).map(({ imageId }) => imageId)).toEqual([1, 3, 4, 5, 6]);
  });
});

describe('models', () => {
  it('are one with the same bytes and preprocessing, wherever the file lies, and another with another preprocessing or head', () => {
    const { store, modelId } = makeSmallProject();
    expect(store.models.add('/elsewhere/small.onnx', 'f'.repeat(64), smallModel)).toBe(modelId);
    expect(store.models.find(modelId)?.path).toBe('/elsewhere/small.onnx');
    const other = { ...smallModel, preprocessing: { ...smallModel.preprocessing, channels: 'bgr' as const } };
    expect(store.models.add('/models/small.onnx', 'f'.repeat(64), other)).not.toBe(modelId);
    const otherHead = { ...smallModel, head: { ...smallModel.head, logits: 'another' } };
    expect(store.models.add('/models/small.onnx', 'f'.repeat(64), otherHead)).not.toBe(modelId);
  });
});

describe('fits', () => {
  it('keep weights for ever, alpha and rankings for the newest two of a model', () => {
    const { store, modelId, fitId } = makeSmallProject();
    const stored = store.fits.find(fitId)!;
    const again = () =>
      store.fits.add({
        ...stored,
        id: store.fits.nextId(),
        rankingFitId: null,
        imageIds: Int32Array.of(1),
        classIds: Int32Array.of(2),
        alpha: Float32Array.of(-0.5, 0.5),
      });
    const second = again();
    expect(store.fits.readAlpha(fitId).imageIds).toHaveLength(6);
    again();
    expect(store.fits.readAlpha(fitId).imageIds).toHaveLength(0);
    expect(store.rankings.removeStale(4)).toBe(4);
    expect(store.rankings.count(fitId, 'importance')).toBe(6);
    expect(store.rankings.has(fitId, 'importance')).toBe(false);
    expect(store.rankings.removeStale(4)).toBe(2);
    expect(store.rankings.removeStale(4)).toBe(0);
    expect(store.rankings.has(fitId, 'importance')).toBe(false);
    expect(store.fits.readAlpha(second)).toEqual({
      imageIds: Int32Array.of(1),
      classIds: Int32Array.of(2),
      alpha: Float32Array.of(-0.5, 0.5),
    });
    expect(store.fits.find(fitId)?.weights).toEqual(stored.weights);
    expect(store.fits.latest(modelId)?.id).toBe(second + 1);
  });
});

describe('rankings', () => {
  it('give the queue in order of rank, filtered by state and given label, with the first open image', () => {
    const { store, fitId } = makeSmallProject();
    const order = (query: object) => store.rankings.order({ rankingFitId: fitId, method: 'importance', ...query });
    expect([...order({}).imageIds]).toEqual([6, 5, 4, 3, 2, 1]);
    store.transaction(() => store.labels.set(6, 1, 'relabelled'));
    expect(order({}).firstOpen).toBe(1);
    expect([...order({ states: ['open'] }).imageIds]).toEqual([5, 4, 3, 2, 1]);
    expect([...order({ givenClassId: 2 }).imageIds]).toEqual([6, 4, 2]);
    const rows = store.rankings.rowsOf(fitId, { rankingFitId: fitId, method: 'importance' }, Int32Array.of(2, 6));
    expect(rows.map(({ imageId, rank, state }) => [imageId, rank, state])).toEqual([
      [2, 5, 'open'],
      [6, 1, 'relabelled'],
    ]);
  });

  it('stay while a newer fit follows them, go where their own fit never came, and are there from their first rank on', () => {
    const { store, fitId } = makeSmallProject();
    const stored = store.fits.find(fitId)!;
    const refit = { imageIds: Int32Array.of(1), classIds: Int32Array.of(2), alpha: Float32Array.of(-0.5, 0.5) };
    for (let round = 0; round < 3; round++)
      store.fits.add({ ...stored, ...refit, id: store.fits.nextId(), rankingFitId: fitId });
    const unfinished = store.fits.nextId();
    store.rankings.add(unfinished, 'importance', [{ imageId: 3, score: 1, suggestedClassId: 1 }], 2);
    expect(store.rankings.has(unfinished, 'importance')).toBe(false);
    expect(store.rankings.removeStale(100)).toBe(1);
    expect(store.rankings.removeStale(100)).toBe(0);
    expect(store.rankings.count(fitId, 'importance')).toBe(6);
  });

  it('are read through keys: no sort and no scan of images or labels', () => {
    const db = new Sqlite(':memory:');
    for (const { apply } of migrations) apply(db);
    const plan = (sql: string) =>
      (
        db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all({
          fitId: 1,
          rankingFitId: 1,
          method: 'importance',
          ids: '[1]',
          states: '["open"]',
          givenClassId: 1,
          path: 'a',
          reviewer: 'lin',
          firstRank: 1,
          lastRank: 9,
        }) as {
          detail: string;
        }[]
      )
        .map(({ detail }) => detail)
        .join('\n');
    const order = plan(orderSql({ rankingFitId: 1, method: 'importance', states: ['open'], givenClassId: 1 }));
    expect(order).toMatch(/SEARCH ranking USING PRIMARY KEY/);
    expect(order).toMatch(/SEARCH label USING INTEGER PRIMARY KEY/);
    expect(order).not.toMatch(/TEMP B-TREE|SCAN (ranking|label|image)/);
    const narrowed = { rankingFitId: 1, method: 'importance', path: 'a', reviewer: 'lin' } as const;
    for (const sql of [orderSql(narrowed), scanSql(narrowed)]) {
      expect(plan(sql)).toMatch(/SEARCH ranking USING PRIMARY KEY/);
      expect(plan(sql)).toMatch(/SEARCH decision USING INDEX decision_image/);
      expect(plan(sql)).not.toMatch(/TEMP B-TREE|SCAN (ranking|label|image|decision)/);
    }
    const page = plan(pageSql);
    expect(page).toMatch(/SEARCH ranking USING INDEX ranking_image/);
    expect(page).not.toMatch(/SCAN (ranking|label|image)/);
  });
});

describe('decisions', () => {
  it('can be added, never changed or removed', () => {
    const db = new Sqlite(':memory:');
    for (const { apply } of migrations) apply(db);
    db.exec(`
      INSERT INTO class (name) VALUES ('cat');
      INSERT INTO image (path, sha256, split, width, height, size_bytes) VALUES ('a', '', 'train', 1, 1, 1);
      INSERT INTO reviewer (name) VALUES ('lin');
      INSERT INTO decision (group_id, image_id, reviewer_id, action, state_before, state_after, at)
        VALUES (1, 1, 1, 'keep', 'open', 'kept', 0)`);
    expect(() => db.exec('DELETE FROM decision')).toThrow(/append only/);
    expect(() => db.exec("UPDATE decision SET action = 'unsure'")).toThrow(/append only/);
  });
});

describe('label sources', () => {
  it('come back byte for byte, in order, and a second import replaces the first', () => {
    const { store } = makeSmallProject();
    const row = { format: 'csv', name: 'a.csv', pathColumn: 'p', labelColumn: 'l', splitColumn: null } as const;
    for (const text of ['old', 'new']) {
      store.transaction(() => {
        store.source.set(row);
        store.source.addChunk(Buffer.from(`${text} 1,`));
        store.source.addChunk(Buffer.from('2'));
      });
    }
    expect(Buffer.concat([...store.source.chunks()]).toString()).toBe('new 1,2');
    expect(store.source.read()).toEqual(row);
  });
});
