// What may be wrong with the data beside the train labels: test labels, and pictures that are there twice.
import type { Proportion } from '../../../shared/runs.ts';
import type { DuplicateCounts, Duplicates } from '../../../shared/test-labels.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';
import { decideFrom } from './decisions.ts';
import { percent, toTable } from '../table.ts';

export interface TestLabelsOptions {
  top: number;
  from?: string;
  reviewer?: string;
}

export async function testLabels(session: Session, project: string, options: TestLabelsOptions): Promise<Answer> {
  const { top, from, reviewer } = options;
  await session.open(project);
  if (from !== undefined) return decideFrom(session, 'testLabels.decideFromFile', from, reviewer);
  const names = new Map((await session.call('classes.list', {})).map(({ id, name }) => [id, name]));
  const { rows, ...counts } = await session.call('testLabels.list', { count: top });
  const told = rows.map(({ path, givenClassId, suggestedClassId, probability, margin, verdict }) => ({
    path,
    given: names.get(givenClassId)!,
    suggested: names.get(suggestedClassId)!,
    probability,
    margin,
    verdict: verdict && {
      action: verdict.action,
      label: verdict.classId === null ? null : names.get(verdict.classId)!,
    },
  }));
  const describe = (accuracy: Proportion | null) =>
    accuracy
      ? `${percent(accuracy.value)} (${percent(accuracy.interval[0])} to ${percent(accuracy.interval[1])})`
      : '-';
  return {
    json: { ...counts, rows: told },
    lines: [
      `the fit speaks against ${counts.suspicious} of ${counts.images} test labels`,
      `test accuracy ${describe(counts.accuracy)} on the labels as given, ${describe(counts.correctedAccuracy)} with ${counts.corrected} corrected of ${counts.decided} decided`,
      ...toTable(
        ['path', 'given', 'suggested', 'margin', 'verdict'],
        told.map(({ path, given, suggested, margin, verdict }) => [
          path,
          given,
          suggested,
          margin.toFixed(2),
          verdict ? (verdict.label ?? verdict.action) : '',
        ]),
      ),
    ],
  };
}

export async function duplicates(session: Session, project: string): Promise<Answer> {
  await session.open(project);
  const result = await session.run<Duplicates>({ kind: 'duplicates', params: {} });
  const unlisted = result.exact.groups + result.near.groups - result.groups.length;
  const describe = (name: string, { groups, images, acrossSplits, contradictions }: DuplicateCounts) =>
    `${name}: ${groups} groups of ${images} images; ${acrossSplits} of them across splits, ${contradictions} under different labels`;
  return {
    json: result,
    lines: [
      describe('equal files', result.exact),
      describe('nearly equal pictures', result.near),
      ...result.groups.map(
        ({ kind, images, more }) =>
          `${kind}: ${images.map(({ path }) => path).join(' = ')}${more === 0 ? '' : ` and ${more} more`}`,
      ),
      ...(unlisted === 0 ? [] : [`not listed: ${unlisted} more groups`]),
    ],
  };
}
