// What an extraction has left to do.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sentence, tell } from '../../shared/told.ts';
import { blockSize } from '../store/feature-table.ts';
import type { Project } from './project.ts';

export interface BlockToDo {
  firstImageId: number;
  /** Images of the block, whether they are extracted or not. */
  count: number;
  /** Those that are to be extracted. */
  images: { id: number; path: string }[];
}

/**
 * The blocks of features that are missing, in order; one counts as missing, too, where an image that was not there when it
 * was extracted is there again. Throws 'unreadable' where the images folder is not there.
 */
export function findMissingBlocks({ store }: Project, modelId: number, root: string): BlockToDo[] {
  requireFolder(root);
  const imageCount = store.images.count();
  const present = store.features.presentBlocks(modelId, imageCount);
  for (const { id, path, reason } of store.features.problems(modelId))
    if (reason === sentence('problem.missing') && existsSync(join(root, path)))
      present.delete(id - ((id - 1) % blockSize));
  const blocks: BlockToDo[] = [];
  for (let firstImageId = 1; firstImageId <= imageCount; firstImageId += blockSize) {
    if (present.has(firstImageId)) continue;
    const count = Math.min(blockSize, imageCount - firstImageId + 1);
    const images = store.images.range(firstImageId, firstImageId + count - 1);
    blocks.push({
      firstImageId,
      count,
      images: images.filter(({ split, problem }) => split !== 'ignored' && problem === null),
    });
  }
  return blocks;
}

/** Throws 'unreadable' where the images folder is not there: its disk may be gone, of which no image is to blame. */
export function requireFolder(root: string): void {
  if (!existsSync(root)) throw tell('unreadable', 'images-gone', { path: root });
}
