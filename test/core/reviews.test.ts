import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { exportPace } from '../../src/main/core/export-pace.ts';
import { Reviews } from '../../src/main/core/reviews.ts';
import type { Store } from '../../src/main/store/store.ts';
import { createRandom } from '../../src/shared/random.ts';
import { makeSmallProject } from '../store/small-project.ts';

let store: Store;
let reviews: Reviews;
beforeEach(() => {
  ({ store } = makeSmallProject());
  reviews = new Reviews(store, 'lin');
});

const label = (imageId: number) => {
  const { classId, state } = store.labels.find(imageId)!;
  return [classId, state];
};
const relabel = (imageId: number, classId: number) =>
  reviews.decide({ decisions: [{ imageId, action: 'relabel', classId }] });

describe('pace', () => {
  it('leaves as a file of the reviewer alone, as CSV or JSON', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'second-look-pace-'));
    const write = (name: string, reviewer: string) =>
      exportPace({ store }, { format: 'pace', folder, name, reviewer }, { signal: new AbortController().signal });
    new Reviews(store, 'ada').decide({ decisions: [{ imageId: 3, action: 'keep' }], spentMs: 9000 });
    for (const [imageId, spentMs] of [
      [1, 1000],
      [2, 4000],
    ] as const)
      reviews.decide({ decisions: [{ imageId, action: 'exclude' }], spentMs });
    await write('pace.csv', 'lin');
    expect(readFileSync(join(folder, 'pace.csv'), 'utf8')).toBe(
      'reviewer,decisions,changes,imagesPerHour,hitRateOfLast50,medianSeconds\nlin,2,2,,1,4\n',
    );
    await write('pace.json', 'lin');
    expect(JSON.parse(readFileSync(join(folder, 'pace.json'), 'utf8'))).toMatchObject({
      reviewer: 'lin',
      imagesPerHour: null,
    });
    await expect(write('none.csv', 'nobody')).rejects.toThrow('nobody has decided nothing');
    rmSync(folder, { recursive: true });
  });
});

describe('decisions', () => {
  it('set label and state, and are counted', () => {
    relabel(1, 2);
    reviews.decide({ decisions: [{ imageId: 2, action: 'keep' }] });
    reviews.decide({ decisions: [{ imageId: 3, action: 'exclude' }] });
    const { progress } = reviews.decide({ decisions: [{ imageId: 4, action: 'unsure' }] });
    expect([1, 2, 3, 4, 5].map(label)).toEqual([
      [2, 'relabelled'],
      [2, 'kept'],
      [null, 'excluded'],
      [2, 'unsure'],
      [1, 'open'],
    ]);
    expect(progress).toMatchObject({ decided: 4, open: 2, relabelled: 1, hitRate: 0.5, canUndo: true, canRedo: false });
  });

  it('count a relabel to the given class as a keep', () => {
    relabel(1, 1);
    expect(label(1)).toEqual([1, 'kept']);
    expect(store.decisions.historyOf(1).map(({ action }) => action)).toEqual(['keep']);
  });

  it('stand by the given label when kept after a relabel', () => {
    relabel(1, 2);
    reviews.decide({ decisions: [{ imageId: 1, action: 'keep' }] });
    expect(label(1)).toEqual([1, 'kept']);
  });

  it('are all refused when one of them does not fit: nothing is written', () => {
    const decide = (decision: object) => () =>
      reviews.decide({ decisions: [{ imageId: 1, action: 'exclude' }, decision as never] });
    expect(decide({ imageId: 99, action: 'keep' })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(decide({ imageId: 2, action: 'relabel' })).toThrow(expect.objectContaining({ code: 'bad-request' }));
    expect(decide({ imageId: 2, action: 'relabel', classId: 3 })).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
    expect(decide({ imageId: 7, action: 'keep' })).toThrow(/train split/);
    expect(label(1)).toEqual([1, 'open']);
    expect(store.decisions.newestId()).toBe(0);
  });
});

describe('undo and redo', () => {
  it('walk back and forth through single and group decisions', () => {
    relabel(1, 2);
    reviews.decide({ decisions: [2, 3, 4].map((imageId) => ({ imageId, action: 'exclude' as const })) });
    const { changed } = reviews.undo();
    expect(changed.map(({ imageId }) => imageId)).toEqual([2, 3, 4]);
    expect([2, 3, 4].map(label)).toEqual([
      [2, 'open'],
      [1, 'open'],
      [2, 'open'],
    ]);
    reviews.undo();
    expect(label(1)).toEqual([1, 'open']);
    expect(reviews.undo().changed).toEqual([]);
    reviews.redo();
    reviews.redo();
    expect(reviews.redo().changed).toEqual([]);
    expect([1, 2, 3, 4].map(label)).toEqual([
      [2, 'relabelled'],
      [null, 'excluded'],
      [null, 'excluded'],
      [null, 'excluded'],
    ]);
    reviews.undo();
    expect(label(3)).toEqual([1, 'open']);
  });

  it('survive a restart: the stack is read from the log', () => {
    relabel(1, 2);
    relabel(2, 1);
    reviews.undo();
    const restarted = new Reviews(store, 'lin');
    expect(restarted.progress()).toMatchObject({ decided: 1, canUndo: true, canRedo: true });
    restarted.redo();
    expect(label(2)).toEqual([1, 'relabelled']);
    restarted.undo();
    restarted.undo();
    expect([1, 2].map(label)).toEqual([
      [1, 'open'],
      [2, 'open'],
    ]);
  });

  it('leave the redo behind after a new decision', () => {
    relabel(1, 2);
    reviews.undo();
    relabel(2, 1);
    expect(reviews.progress().canRedo).toBe(false);
  });

  it("are each reviewer's own, and refused where somebody else has decided since", () => {
    relabel(1, 2);
    const other = new Reviews(store, 'kim');
    expect(other.undo().changed).toEqual([]);
    other.decide({ decisions: [{ imageId: 1, action: 'exclude' }] });
    expect(() => reviews.undo()).toThrow(expect.objectContaining({ code: 'conflict' }));
    expect(label(1)).toEqual([null, 'excluded']);
  });

  it('count for the reviewer whose decision stands, each image once', () => {
    const counts = () =>
      store.decisions.countByReviewer().map(({ reviewer, decisions, changes }) => [reviewer, decisions, changes]);
    reviews.decide({ decisions: [{ imageId: 1, action: 'relabel', classId: 2 }], spentMs: 1500 });
    reviews.undo();
    expect(store.decisions.countByReviewer()).toEqual([{ reviewer: 'lin', decisions: 0, changes: 0, seconds: 1.5 }]);
    reviews.redo();
    expect(counts()).toEqual([['lin', 1, 1]]);
    reviews.undo();
    reviews.redo();
    relabel(1, 1);
    reviews.decide({ decisions: [2, 3].map((imageId) => ({ imageId, action: 'exclude' as const })) });
    expect(counts()).toEqual([['lin', 3, 2]]);
    const other = new Reviews(store, 'kim');
    other.decide({ decisions: [{ imageId: 1, action: 'exclude' }] });
    expect(counts()).toEqual([
      ['lin', 2, 2],
      ['kim', 1, 1],
    ]);
    other.undo();
    expect(counts()).toEqual([
      ['lin', 3, 2],
      ['kim', 0, 0],
    ]);
  });

  it('add to the history instead of erasing it', () => {
    relabel(1, 2);
    reviews.undo();
    const history = store.decisions.historyOf(1);
    expect(history.map(({ action, classBefore, classAfter }) => [action, classBefore, classAfter])).toEqual([
      ['relabel', 1, 2],
      ['undo', 2, 1],
    ]);
    expect(history[1]!.undoes).toBe(history[0]!.id);
  });

  it('end where a model of what was done ends, after a thousand random steps and restarts', () => {
    const random = createRandom(7);
    let expected: [number | null, string][] = [1, 2, 3, 4, 5, 6].map((id) => [1 + ((id - 1) % 2), 'open']);
    const done: (typeof expected)[] = [];
    let undone: (typeof expected)[] = [];
    for (let step = 0; step < 1000; step++) {
      const choice = random();
      if (choice < 0.2) {
        const before = done.pop();
        if (before) {
          undone.push(expected);
          expected = before;
        }
        reviews.undo();
      } else if (choice < 0.35) {
        const after = undone.pop();
        if (after) {
          done.push(expected);
          expected = after;
        }
        reviews.redo();
      } else if (choice < 0.4) {
        reviews = new Reviews(store, 'lin');
      } else {
        const imageId = 1 + Math.floor(random() * 6);
        done.push(expected);
        undone = [];
        expected = [...expected];
        if (choice < 0.7) {
          const given = 1 + ((imageId - 1) % 2);
          expected[imageId - 1] = given === 2 ? [2, 'kept'] : [2, 'relabelled'];
          relabel(imageId, 2);
        } else {
          expected[imageId - 1] = [null, 'excluded'];
          reviews.decide({ decisions: [{ imageId, action: 'exclude' }] });
        }
      }
      if (step % 50 === 0 || step === 999) expect([1, 2, 3, 4, 5, 6].map(label)).toEqual(expected);
    }
  });
});
