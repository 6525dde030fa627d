// What was saved, in the words that the screen shows and the live region reads.
import type { QueueRow, ReviewAnswer } from '../../shared/domain.ts';
import { formatCount } from '../numbers.ts';

/** 'Saved: ship → plane, 37 decided'. */
export function describeSaved(
  row: QueueRow,
  answer: ReviewAnswer,
  names: { nameOf(classId: number | null): string },
): string {
  const change = answer.changed[0];
  const given = names.nameOf(row.givenClassId);
  const verdict = {
    open: given,
    kept: `${given} kept`,
    relabelled: `${given} → ${names.nameOf(change?.classId ?? null)}`,
    excluded: `${given} excluded`,
    unsure: `${given} unsure`,
  }[change?.state ?? 'open'];
  return `Saved: ${verdict}, ${formatCount(answer.progress.decided)} decided`;
}
