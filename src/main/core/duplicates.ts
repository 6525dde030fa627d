// The same picture twice: byte for byte, or nearly. Across the splits it measures what was learned by heart; under two
// labels, one of them is wrong.
import { join } from 'node:path';
import type { DuplicateCounts, DuplicateGroup, Duplicates } from '../../shared/test-labels.ts';
import { contentKeyOf } from '../../shared/media-url.ts';
import type { ComputeClient } from './compute-client.ts';
import type { JobContext, JobOutcome } from './jobs.ts';
import type { Loaded } from './loaded.ts';
import { requireImageRoot, requireModel, type Project } from './project.ts';
import { sentence } from '../../shared/told.ts';

const mostGroups = 500;
const mostImages = 20;

/** Exact ones by SHA-256, near ones as compute finds them; changes nothing. Throws 'not-found' before an extraction. */
export async function findDuplicates(
  project: Project,
  compute: ComputeClient,
  loaded: Loaded,
  { signal, report }: JobContext,
): Promise<JobOutcome> {
  const { store } = project;
  report({ done: 0, total: null, stage: 'loading-features' });
  await loaded.matrix(signal);
  const root = requireImageRoot(project);
  const bySha = new Map<string, number[]>();
  for (const { id } of store.images.withFeatures(requireModel(project).id)) {
    const { sha256 } = store.images.find(id)!;
    const ids = bySha.get(sha256);
    if (ids) ids.push(id);
    else bySha.set(sha256, [id]);
  }
  // Of equal files one stands for all.
  const single = [...bySha.values()].map(([id]) => id!);
  const stopListening = compute.onProgress(report);
  const { pairs } = await compute
    .call(
      'duplicates.find',
      {
        rows: Int32Array.from(single, (id) => id - 1),
        paths: single.map((id) => join(root, store.images.find(id)!.path)),
      },
      { signal },
    )
    .finally(stopListening);
  const exact = [...bySha.values()].filter((ids) => ids.length > 1).map((ids) => toGroup(project, 'exact', ids));
  const near = joinPairs(pairs.map(([a, b]) => [single[a]!, single[b]!])).map((ids) => toGroup(project, 'near', ids));
  const groups = [...exact, ...near].sort((a, b) => worth(b) - worth(a));
  const result: Duplicates = {
    exact: countGroups(exact),
    near: countGroups(near),
    groups: groups.slice(0, mostGroups).map((group) => ({
      ...group,
      images: group.images.slice(0, mostImages),
      more: Math.max(0, group.images.length - mostImages),
    })),
  };
  const note = sentence('result.duplicates', {
    equal: result.exact.groups,
    near: result.near.groups,
    across: result.exact.acrossSplits + result.near.acrossSplits,
  });
  return { note, result };
}

/** Those that spoil a measurement come first, then those that contradict one another. */
const worth = ({ isAcrossSplits, isContradiction }: DuplicateGroup): number =>
  2 * Number(isAcrossSplits) + Number(isContradiction);

function toGroup({ store }: Project, kind: DuplicateGroup['kind'], ids: readonly number[]): DuplicateGroup {
  const images = ids.map((imageId) => {
    const { path, sha256, split, classId } = store.images.find(imageId)!;
    return { imageId, path, contentKey: contentKeyOf(sha256), split, classId };
  });
  // What was excluded spoils nothing any more.
  const counted = images.filter(({ classId }) => classId !== null);
  const differ = (of: (image: (typeof images)[number]) => unknown) => new Set(counted.map(of)).size > 1;
  return {
    kind,
    images,
    more: 0,
    isAcrossSplits: differ(({ split }) => split),
    isContradiction: differ(({ classId }) => classId),
  };
}

function countGroups(groups: readonly DuplicateGroup[]): DuplicateCounts {
  return {
    groups: groups.length,
    images: groups.reduce((sum, { images }) => sum + images.length, 0),
    acrossSplits: groups.filter(({ isAcrossSplits }) => isAcrossSplits).length,
    contradictions: groups.filter(({ isContradiction }) => isContradiction).length,
  };
}

/** What pairs hang together, as groups of ids, ascending. */
export function joinPairs(pairs: readonly (readonly [number, number])[]): number[][] {
  const groupOf = new Map<number, number[]>();
  for (const [a, b] of pairs) {
    const left = groupOf.get(a) ?? [a];
    const right = groupOf.get(b) ?? [b];
    const joined = left === right ? left : [...left, ...right];
    for (const id of joined) groupOf.set(id, joined);
  }
  return [...new Set(groupOf.values())].map((ids) => ids.sort((a, b) => a - b));
}
