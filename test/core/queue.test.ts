import { beforeEach, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../../src/main/core/project.ts';
import { countQueue } from '../../src/main/core/queue-counts.ts';
import { readQueuePage } from '../../src/main/core/queue.ts';
import { Reviews } from '../../src/main/core/reviews.ts';
import type { QueueQuery } from '../../src/shared/queue.ts';
import { makeSmallProject } from '../store/small-project.ts';

// Twelve train images: odd ones are given class 1, even ones class 2; all are suggested class 1; ranked from 12 to 1.
let project: Project;
let reviews: Reviews;
beforeEach(() => {
  const { store } = makeSmallProject(12);
  project = createProject(':memory:', store);
  reviews = new Reviews(store, 'lin');
});

const find = (query: Partial<QueueQuery>): number[] =>
  readQueuePage(project, { query: { method: 'importance', ...query }, from: 0, count: 100 }).rows.map(
    ({ imageId }) => imageId,
  );
const count = (query: Partial<QueueQuery>) =>
  countQueue(project, { method: 'importance', ...query }, new AbortController().signal);
const relabel = (...imageIds: number[]) =>
  reviews.decide({
    decisions: imageIds.map((imageId) => ({ imageId, action: 'relabel', classId: 3 - (2 - (imageId % 2)) })),
  });

describe('a query', () => {
  it('is in order of rank, whatever narrows it', () => {
    expect(find({})).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(find({ givenClassId: 2 })).toEqual([12, 10, 8, 6, 4, 2]);
    expect(find({ suggestedClassId: 2 })).toEqual([]);
    expect(find({ scoreFrom: 0.3, scoreTo: 0.5 })).toEqual([5, 4, 3]);
    expect(find({ path: 'TRAIN/001' })).toEqual([12, 11, 10]);
    expect(find({ path: '%' })).toEqual([]);
  });

  it('narrows by what was decided, and by whom', () => {
    relabel(2, 4);
    new Reviews(project.store, 'ana').decide({ decisions: [{ imageId: 3, action: 'keep' }] });
    expect(find({ states: ['relabelled', 'kept'] })).toEqual([4, 3, 2]);
    expect(find({ classId: 1, states: ['relabelled'] })).toEqual([4, 2]);
    expect(find({ reviewer: 'lin' })).toEqual([4, 2]);
    expect(find({ reviewer: 'ana' })).toEqual([3]);
    expect(find({ reviewer: 'nobody' })).toEqual([]);
  });

  it('puts together what belongs together, in order of rank within', () => {
    relabel(2);
    expect(find({ arrangement: 'given' })).toEqual([11, 9, 7, 5, 3, 1, 12, 10, 8, 6, 4, 2]);
    expect(
      find({ arrangement: 'balanced', method: 'importance' })
        .slice(0, 4)
        .map((id) => id % 2),
    ).toEqual([0, 1, 0, 1]);
    expect(find({ arrangement: 'confusion', states: ['open'] })).toEqual([11, 9, 7, 5, 3, 1, 12, 10, 8, 6, 4]);
    expect(find({ arrangement: 'state' }).at(-1)).toBe(2);
  });

  it('shows the other splits too, without a rank', () => {
    const { rows, firstOpen } = readQueuePage(project, {
      query: { method: 'importance', split: 'test' },
      from: 0,
      count: 10,
    });
    expect(rows).toMatchObject([{ imageId: 13, rank: 0, path: 'train/0013.png' }]);
    expect(firstOpen).toBeNull();
  });

  it('keeps its order while decisions change what it would find', () => {
    const { order } = readQueuePage(project, { query: { method: 'importance', states: ['open'] }, from: 0, count: 2 });
    relabel(12, 10, 8);
    const later = readQueuePage(project, {
      query: { method: 'importance', states: ['open'] },
      order,
      from: 0,
      count: 3,
    });
    expect(later.rows.map(({ imageId, state }) => [imageId, state])).toEqual([
      [12, 'relabelled'],
      [11, 'open'],
      [10, 'relabelled'],
    ]);
  });
});

describe('counts', () => {
  it('say what each other choice would find', async () => {
    relabel(2, 4);
    const counts = await count({ states: ['open'], givenClassId: 1 });
    expect(counts).toMatchObject({
      total: 6,
      // With any state and the same class; with the same state and any class.
      states: { open: 6, relabelled: 0 },
      given: [6, 4],
      suggested: [6, 0],
      scores: { lowest: 0.1, highest: 1.1 },
      reviewers: ['lin'],
    });
    expect((await count({})).states).toEqual({ open: 10, kept: 0, relabelled: 2, excluded: 0, unsure: 0 });
    expect((await count({})).classes).toEqual([8, 4]);
    expect((await count({ givenClassId: 1 })).confusions).toEqual([
      { givenClassId: 2, suggestedClassId: 1, images: 6 },
    ]);
    expect((await count({ path: 'train/001' })).total).toBe(3);
    expect((await count({ path: 'nowhere' })).scores).toBeNull();
  });

  it('agree with the pages, for every query that is tried', async () => {
    relabel(1, 2, 3);
    reviews.decide({ decisions: [{ imageId: 5, action: 'unsure' }] });
    const queries: Partial<QueueQuery>[] = [
      {},
      { states: ['relabelled'] },
      { givenClassId: 2, states: ['open', 'unsure'] },
      { classId: 2 },
      { suggestedClassId: 1, scoreFrom: 0.25 },
      { reviewer: 'lin', givenClassId: 1 },
    ];
    for (const query of queries) expect([query, (await count(query)).total]).toEqual([query, find(query).length]);
  });

  it('let go when nobody wants them any more', async () => {
    await expect(
      countQueue(project, { method: 'importance' }, AbortSignal.abort(new Error('no longer wanted'))),
    ).rejects.toThrow('no longer wanted');
  });
});
