// A tile in words, for who hears it.
import type { QueueRow } from '../../shared/queue.ts';
import { t } from '../texts.svelte.ts';

/** 'Rank 214, ant, suggested bee, kept'. */
export function describeTile(row: QueueRow, nameOf: (classId: number | null) => string): string {
  const { rank, state, givenClassId, suggestedClassId } = row;
  const label =
    suggestedClassId === givenClassId
      ? nameOf(givenClassId)
      : t('review.tile-suggested', { label: nameOf(givenClassId), suggested: nameOf(suggestedClassId) });
  // Only images of the train split have a rank, and only they are decided.
  if (rank === 0) return label;
  if (state === 'open') return t('review.tile', { rank, label });
  return t(`review.tile-${state}`, { rank, label, to: nameOf(row.classId) });
}
