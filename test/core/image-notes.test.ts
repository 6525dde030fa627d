import { beforeEach, expect, it } from 'vitest';
import { readHistory, setNote } from '../../src/main/core/image-notes.ts';
import { createProject, type Project } from '../../src/main/core/project.ts';
import { Reviews } from '../../src/main/core/reviews.ts';
import { makeSmallProject } from '../store/small-project.ts';

let project: Project;
beforeEach(() => (project = createProject(':memory:', makeSmallProject().store)));

it('tells who did what when, what they saw, and what they wrote', async () => {
  const lin = new Reviews(project.store, 'lin');
  lin.decide({
    decisions: [
      { imageId: 4, action: 'exclude', rank: 3 },
      { imageId: 2, action: 'relabel', classId: 1, rank: 5 },
      { imageId: 3, action: 'keep' },
    ],
    seen: { method: 'importance', rank: 3 },
  });
  lin.undo();
  await new Promise((resolve) => setTimeout(resolve, 2));
  setNote(project, 'ana', 2, 'two cats');
  await new Promise((resolve) => setTimeout(resolve, 2));
  new Reviews(project.store, 'ana').decide({ decisions: [{ imageId: 2, action: 'keep' }] });
  const seen = { method: 'importance', rank: 5 };
  expect(readHistory(project, 2)).toMatchObject([
    { reviewer: 'lin', action: 'relabel', from: 2, to: 1, seen, images: 3, text: null },
    { reviewer: 'lin', action: 'undo', from: 1, to: 2, seen: null, images: 3 },
    { reviewer: 'ana', action: 'note', text: 'two cats' },
    { reviewer: 'ana', action: 'keep', from: 2, to: 2, images: 1 },
  ]);
  // What no ranking showed has neither.
  expect(project.store.decisions.historyOf(3)[0]).toMatchObject({ seenMethod: null, seenRank: null });
});

it('keeps every note that there was, and shows the newest', () => {
  for (const text of ['one', 'one', 'two', '']) setNote(project, 'lin', 1, text);
  expect(project.store.notes.newestOf(1)).toBe('');
  expect(readHistory(project, 1).map(({ text }) => text)).toEqual(['one', 'two', '']);
  expect(() => setNote(project, 'lin', 99, 'x')).toThrow(expect.objectContaining({ code: 'not-found' }));
});
