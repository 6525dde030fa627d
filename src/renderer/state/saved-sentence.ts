// What was saved, and what was not, in the words that the screen shows and the live region reads.
import type { ReviewAnswer } from '../../shared/review.ts';
import { t } from '../texts.svelte.ts';
import type { Note } from './notes.svelte.ts';
import type { Unsaved, Unwritten } from './saving.svelte.ts';
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

export const describeUnsaved = ({ items, why }: Unsaved): string => t('review.not-saved', { what: nameOf(items), why });

/** The path of an image that was decided, 'the note on' it; of several, how many images and how many notes. */
export function nameOf(items: readonly Unwritten[]): string {
  const paths = items.flatMap((item) => (item.kind === 'decisions' ? item.judged.map(({ row }) => row.path) : []));
  const notes = items.flatMap((item) => (item.kind === 'note' ? [item.note] : []));
  const images = paths.length === 1 ? paths[0]! : t('unsaved.images', { count: paths.length });
  const noted = notes.length === 1 ? nameOfNote(notes[0]!) : t('unsaved.notes', { count: notes.length });
  if (notes.length === 0) return images;
  return paths.length === 0 ? noted : t('unsaved.both', { images, notes: noted });
}

/** Of an image that was not read yet there is only what was written. */
function nameOfNote({ of: { row, at }, text }: Note): string {
  return row ? t('unsaved.note', { path: row.path }) : t('unsaved.note-at', { place: (at?.place ?? 0) + 1, text });
}
