import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import type { CoreCalls, CoreEvents } from '../../src/shared/core-contract.ts';
import type { QueueRow } from '../../src/shared/queue.ts';
import type { QueueLearning } from '../../src/shared/ranking.ts';
import type { ReviewAnswer } from '../../src/shared/review.ts';
import { connect } from '../../src/shared/rpc.ts';
import { portPair } from '../../src/shared/ports.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

describe('the queue that learns', () => {
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

  const page = (more: object = {}) =>
    real.client.call('queue.page', { query: { method: 'learned', states: ['open'] }, from: 0, count: 40, ...more });

  it('re-orders behind the order in use after some decisions, and says so', async () => {
    const before = await page();
    const reordered = new Promise<QueueLearning>((resolve) => real.client.on('queue.reordered', resolve));
    for (const row of before.rows.slice(0, 20))
      await real.client.call('reviews.decide', {
        decisions: wrong.includes(row.path)
          ? [{ imageId: row.imageId, action: 'relabel', classId: row.suggestedClassId }]
          : [{ imageId: row.imageId, action: 'keep' }],
        seen: { method: 'learned', rank: row.rank },
      });
    const { verdicts, dueIn } = await reordered;
    expect(verdicts).toBe(20);
    expect(dueIn).toBe(20);

    const kept = await page({ order: before.order });
    expect(kept.rows.map(({ imageId }) => imageId)).toEqual(before.rows.map(({ imageId }) => imageId));
    const after = await page();
    expect(after.total).toBe(20);
    expect(new Set(after.rows.map(({ imageId }) => imageId))).toEqual(
      new Set(before.rows.slice(20).map(({ imageId }) => imageId)),
    );
    expect(after.rows.map(({ rank }) => rank)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('leaves an order alone that somebody has in hand, however many steps are taken meanwhile', async () => {
    const held = await page();
    const asked = { order: held.order, query: { method: 'learned', states: ['open'] } as const };
    for (let step = 0; step < 3; step++) {
      const imageId = held.rows.at(-1 - step)!.imageId;
      await real.client.call('reviews.decide', { decisions: [{ imageId, action: 'unsure' }] });
      await real.run({ kind: 'rank', params: { methods: ['learned'] } });
      const again = await real.client.call('queue.page', {
        ...asked,
        query: { ...asked.query, states: [...asked.query.states] },
        from: 0,
        count: 40,
      });
      expect(again.order).toBe(held.order);
      expect(again.rows.map(({ rank, score, suggestedClassId }) => [rank, score, suggestedClassId])).toEqual(
        held.rows.map(({ rank, score, suggestedClassId }) => [rank, score, suggestedClassId]),
      );
    }
    for (let step = 0; step < 3; step++) await real.client.call('reviews.undo', {});
  });

  it('leaves before the eyes what is before them', async () => {
    const { rows } = await page();
    const lead = rows.slice(3, 8).map(({ imageId }) => imageId);
    const led = await page({ lead });
    expect(led.rows.slice(0, 5).map(({ imageId }) => imageId)).toEqual(lead);
    expect(led.firstOpen).toBe(5);
    expect(new Set(led.rows.map(({ imageId }) => imageId)).size).toBe(20);
  });

  it('has the same order after a restart', async () => {
    const { rows } = await page();
    const { folder } = real;
    await real.close();
    real = startRealCore(portPair, folder);
    await real.client.call('projects.open', { file: await real.place(join(folder, 'colours.secondlook')) });
    expect((await page()).rows).toEqual(rows);
    expect((await real.client.call('queue.learned', {})).verdicts).toBe(20);
  });

  it('tells every page of what is taken back and decided on one', async () => {
    const [ours, theirs] = portPair();
    real.core.attach(theirs);
    const other = connect<CoreCalls, CoreEvents>(ours);
    const heard: ReviewAnswer[] = [];
    other.on('reviews.changed', (answer) => heard.push(answer));
    const undone = await real.client.call('reviews.undo', {});
    const redone = await real.client.call('reviews.redo', {});
    await other.call('reviews.progress', {});
    other.close();
    expect(heard).toEqual([undone, redone]);
    expect(redone.changed).toHaveLength(1);
  });

  it('learns of every decision when its ranking is asked for as a job', async () => {
    const [row] = (await page()).rows;
    await real.client.call('reviews.decide', { decisions: [{ imageId: row!.imageId, action: 'keep' }] });
    expect(await real.run({ kind: 'rank', params: { methods: ['learned', 'margin'] } })).toMatchObject({
      state: 'done',
    });
    expect((await real.client.call('queue.learned', {})).verdicts).toBe(21);
    const margin = await real.client.call('queue.page', { query: { method: 'margin' }, from: 0, count: 40 });
    expect(margin.total).toBe(40);
  });

  it('keeps its order through a retrain, which makes importance anew', async () => {
    const { rows } = await page();
    expect(await real.run({ kind: 'retrain', params: {} })).toMatchObject({ state: 'done' });
    const after = await page();
    const withoutImportance = (all: QueueRow[]) => all.map((row) => ({ ...row, importance: 0 }));
    expect(withoutImportance(after.rows)).toEqual(withoutImportance(rows));
    expect(after.rows.map(({ importance }) => importance)).not.toEqual(rows.map(({ importance }) => importance));
    expect((await real.client.call('queue.learned', {})).verdicts).toBe(21);

    const own = await real.client.call('queue.page', { query: { method: 'importance' }, from: 0, count: 40 });
    expect(own.total).toBe(40);
    expect(own.rows.map(({ importance }) => importance)).toEqual(own.rows.map(({ score }) => score));
  });
});
