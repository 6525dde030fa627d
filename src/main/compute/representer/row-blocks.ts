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

/** Runs of at most `maxSpan` rows that together hold the chosen rows, in their order. */
export function coverRows(rows: Int32Array, maxSpan: number): RowBlock[] {
  const blocks: RowBlock[] = [];
  let block: RowBlock | undefined;
  rows.forEach((row, place) => {
    const last = block && block.firstRow + block.span - 1;
    if (block && row > last! && row - last! <= maxGap && row - block.firstRow < maxSpan) {
      block.count += 1;
      block.span = row - block.firstRow + 1;
    } else {
      block = { first: place, count: 1, firstRow: row, span: 1 };
      blocks.push(block);
    }
  });
  return blocks;
}
