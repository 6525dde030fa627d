// What a reviewer says of an image, and how the image stands after it.
import { stateAfter, type Action, type ReviewState } from '../../shared/labels.ts';
import type { QueueRow } from '../../shared/queue.ts';
import type { RankingMethod } from '../../shared/ranking.ts';
import type { ImageCard } from '../../shared/review.ts';
import { AppError } from '../../shared/errors.ts';
import { t } from '../texts.svelte.ts';

export interface Verdict {
  action: Action;
  /** For a relabel. */
  classId?: number;
}

/** A verdict on an image, as the image was when it was judged. */
export interface Judged {
  row: QueueRow;
  verdict: Verdict;
  /** The ranking that the row's rank is of. */
  method: RankingMethod;
}

/** What Enter means: the suggestion; where that is the given label, to keep it. */
export const toAcceptance = ({ suggestedClassId, givenClassId }: QueueRow): Verdict =>
  suggestedClassId === givenClassId ? { action: 'keep' } : { action: 'relabel', classId: suggestedClassId };

/** The second-best suggestion, taken; undefined where it is not known. */
export function toSecond({ secondClassId, givenClassId }: QueueRow): Verdict | undefined {
  if (secondClassId === null) return undefined;
  return secondClassId === givenClassId ? { action: 'keep' } : { action: 'relabel', classId: secondClassId };
}

/** What is said in one word to an image, or to each of many: a verdict, or what is suggested for it. */
export type Said = Verdict | 'accept' | 'second';

/** What that comes to for an image; undefined where there is no such suggestion. */
export function toVerdict(said: Said, row: QueueRow): Verdict | undefined {
  if (said === 'accept') return toAcceptance(row);
  return said === 'second' ? toSecond(row) : said;
}

/** What that comes to for each of many, without those that have no such suggestion; throws 'not-found' where none has. */
export function judgeEach(said: Said, rows: readonly QueueRow[], method: RankingMethod): Judged[] {
  const judged = rows.flatMap((row) => {
    const verdict = toVerdict(said, row);
    return verdict ? [{ row, verdict, method }] : [];
  });
  if (judged.length === 0) throw new AppError('not-found', t('selection.no-such'));
  return judged;
}

/** How an image stands after a verdict, as core will say it: a relabel to the given label is a keep. */
export function toStanding(
  { givenClassId, classId }: QueueRow,
  verdict: Verdict,
): { classId: number | null; state: ReviewState } {
  const isGiven = verdict.action === 'relabel' && verdict.classId === givenClassId;
  const action = isGiven ? 'keep' : verdict.action;
  const after = { keep: givenClassId, relabel: verdict.classId ?? null, exclude: null, unsure: classId }[action];
  return { classId: after, state: stateAfter[action] };
}

/** An image that is in no queue here, as a row of one. */
export function toRow(card: ImageCard): QueueRow {
  const { probabilities, suggestedClassId } = card;
  const others = probabilities.map((_, index) => index + 1).filter((id) => id !== suggestedClassId);
  const likelier = (a: number, b: number) => (probabilities[b - 1]! > probabilities[a - 1]! ? b : a);
  return {
    imageId: card.imageId,
    contentKey: card.contentKey,
    path: card.path,
    rank: card.rank ?? 0,
    givenClassId: card.givenClassId,
    classId: card.classId,
    suggestedClassId,
    probability: probabilities[suggestedClassId - 1] ?? null,
    secondClassId: others.length === 0 ? null : others.reduce(likelier),
    state: card.state,
    score: card.importance ?? 0,
    importance: card.importance,
  };
}
