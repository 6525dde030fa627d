// A tile in words, for who hears it.
import type { QueueRow } from '../../shared/queue.ts';
import { t } from '../texts.svelte.ts';

/** 'Rank 214, ant, suggested bee, kept'; no rank where the image was not found in a ranking. */
export function describeTile(row: QueueRow, nameOf: (classId: number | null) => string): string {
  const { rank, state, givenClassId, suggestedClassId } = row;
  const label =
    suggestedClassId === givenClassId
      ? nameOf(givenClassId)
      : t('review.tile-suggested', { label: nameOf(givenClassId), suggested: nameOf(suggestedClassId) });
  const standing = state === 'open' ? label : t(`review.tile-${state}`, { label, to: nameOf(row.classId) });
  return rank === 0 ? standing : t('review.tile', { rank, label: standing });
}
