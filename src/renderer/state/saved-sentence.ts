// What was saved, and what was not, in the words that the screen shows and the live region reads.
import type { ReviewAnswer } from '../../shared/review.ts';
import { t } from '../texts.svelte.ts';
import type { Unsaved } from './decisions.svelte.ts';
import type { Judged } from './verdict.ts';

/** 'Saved: ship → plane, 37 decided'; of several, how many. */
export function describeSaved(
  judged: readonly Judged[],
  { changed, progress }: ReviewAnswer,
  names: { nameOf(classId: number | null): string },
): string {
  const { decided } = progress;
  const [change] = changed;
  if (judged.length !== 1 || !change) return t('review.saved-many', { count: changed.length, decided });
  const label = names.nameOf(judged[0]!.row.givenClassId);
  const { state, classId } = change;
  const verdict = state === 'open' ? label : t(`review.verdict-${state}`, { label, to: names.nameOf(classId) });
  return t('review.saved', { verdict, decided });
}

export function describeUnsaved({ groups, sentence }: Unsaved): string {
  const judged = groups.flat();
  return judged.length === 1
    ? t('review.not-saved', { path: judged[0]!.row.path, why: sentence })
    : t('review.not-saved-many', { count: judged.length, why: sentence });
}
