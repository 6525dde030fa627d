// What was saved, in the words that the screen shows and the live region reads.
import type { QueueRow, ReviewAnswer } from '../../shared/domain.ts';
import { t } from '../texts.svelte.ts';

/** 'Saved: ship → plane, 37 decided'. */
export function describeSaved(
  row: QueueRow,
  answer: ReviewAnswer,
  names: { nameOf(classId: number | null): string },
): string {
  const change = answer.changed[0];
  const label = names.nameOf(row.givenClassId);
  const state = change?.state ?? 'open';
  const verdict =
    state === 'open' ? label : t(`review.verdict-${state}`, { label, to: names.nameOf(change?.classId ?? null) });
  return t('review.saved', { verdict, decided: answer.progress.decided });
}
