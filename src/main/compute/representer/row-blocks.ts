// Chosen rows of the feature matrix as runs of neighbouring rows, which can be read where they are.

export interface RowBlock {
  /** Place of the first chosen row in the list of chosen rows, and how many follow from there. */
  first: number;
  count: number;
  /** The matrix rows of the run. Where there are more than `count`, some between were not chosen. */
  firstRow: number;
  span: number;
}

/** To leave out so few rows between chosen ones would cost more than to pass over them. */
const maxGap = 64;

/** Features of one block, about 2 MB of them: what a core's cache holds. */
const cachedValues = 2 ** 19;
const [leastRows, mostRows] = [512, 4096];

/** How many rows of d features a block may have whose graph reads them twice: the second time from the cache. */
export const spanInCache = (d: number): number => Math.min(mostRows, Math.max(leastRows, Math.floor(cachedValues / d)));

/** Of the last span asked for. The rows of a fit are many, asked for again and again, and never written to. */
const known = new WeakMap<Int32Array, { maxSpan: number; blocks: readonly RowBlock[] }>();

/** Runs of at most `maxSpan` rows that together hold the chosen rows, in their order. */
export function coverRows(rows: Int32Array, maxSpan: number): readonly RowBlock[] {
  const last = known.get(rows);
  if (last?.maxSpan === maxSpan) return last.blocks;
  const blocks = findRuns(rows, maxSpan);
  known.set(rows, { maxSpan, blocks });
  return blocks;
}

/** The given ranges of the matrix that hold any of the chosen rows, which are ascending as the ranges are. */
export function coverRanges<Range extends Pick<RowBlock, 'firstRow' | 'span'>>(
  rows: Int32Array,
  ranges: readonly Range[],
): (Range & RowBlock)[] {
  let next = 0;
  return ranges.flatMap((range) => {
    const first = next;
    while (next < rows.length && rows[next]! < range.firstRow + range.span) next += 1;
    return next === first ? [] : [{ ...range, first, count: next - first }];
  });
}

function findRuns(rows: Int32Array, maxSpan: number): RowBlock[] {
  const blocks: RowBlock[] = [];
  let first = 0;
  for (let place = 1; place <= rows.length; place++) {
    const [row, last] = [rows[place]!, rows[place - 1]!];
    const goesOn = row > last && row - last <= maxGap && row - rows[first]! < maxSpan;
    if (goesOn) continue;
    const firstRow = rows[first]!;
    blocks.push({ first, count: place - first, firstRow, span: last - firstRow + 1 });
    first = place;
  }
  return blocks;
}
