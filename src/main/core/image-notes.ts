// What has happened to an image: every decision and every note, and the note as it is now.
import type { HistoryEntry } from '../../shared/review.ts';
import { requireImage } from './images.ts';
import type { Project } from './project.ts';

/** All of it, oldest first. Throws 'not-found' for an image that is not there. */
export function readHistory(project: Project, imageId: number): HistoryEntry[] {
  const { store } = project;
  requireImage(project, imageId);
  const decisions = store.decisions.historyOf(imageId).map((row): HistoryEntry => ({
    at: row.at,
    reviewer: store.reviewers.nameOf(row.reviewerId),
    action: row.action,
    from: row.classBefore,
    to: row.classAfter,
    seen: row.seenMethod !== null && row.seenRank !== null ? { method: row.seenMethod, rank: row.seenRank } : null,
    images: store.decisions.groupSize(row.groupId),
    text: null,
  }));
  const notes = store.notes.historyOf(imageId).map(({ at, reviewerId, text }): HistoryEntry => ({
    at,
    reviewer: store.reviewers.nameOf(reviewerId),
    action: 'note',
    from: null,
    to: null,
    seen: null,
    images: 1,
    text,
  }));
  return [...decisions, ...notes].sort((a, b) => a.at - b.at);
}

/** Writes a note where it differs from the one that is there. */
export function setNote(project: Project, reviewer: string, imageId: number, text: string): { note: string } {
  const { store } = project;
  requireImage(project, imageId);
  if (store.notes.newestOf(imageId) !== text)
    store.transaction(() => store.notes.add(imageId, store.reviewers.idOf(reviewer), text));
  return { note: text };
}
