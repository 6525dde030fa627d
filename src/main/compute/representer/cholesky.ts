// A = L L^T for a symmetric positive definite matrix, in float64.

/**
 * Overwrites the lower triangle of `matrix` (size x size, row-major) by L. What lies above the diagonal is left as it
 * was. Throws a RangeError where the matrix is not positive definite.
 */
export function factorise(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    const row = matrix.subarray(i * size, i * size + i + 1);
    for (let j = 0; j <= i; j++) {
      const above = matrix.subarray(j * size, j * size + j);
      let sum = row[j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * above[k]!;
      if (j < i) row[j] = sum / matrix[j * size + j]!;
      else if (sum > 0) row[j] = Math.sqrt(sum);
      else throw new RangeError(`Pivot ${j} of ${size} is ${sum}.`);
    }
  }
}

/** Solves L L^T X = B in place; `right` is B, size x columns, row-major. */
export function solve(factor: Float64Array, size: number, right: Float64Array): void {
  const columns = right.length / size;
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) subtractRow(right, i, factor[i * size + k]!, k, columns);
    divideRow(right, i, factor[i * size + i]!, columns);
  }
  for (let i = size - 1; i >= 0; i--) {
    divideRow(right, i, factor[i * size + i]!, columns);
    for (let k = 0; k < i; k++) subtractRow(right, k, factor[i * size + k]!, i, columns);
  }
}

function subtractRow(matrix: Float64Array, target: number, factor: number, source: number, columns: number): void {
  const to = target * columns;
  const from = source * columns;
  for (let c = 0; c < columns; c++) matrix[to + c]! -= factor * matrix[from + c]!;
}

function divideRow(matrix: Float64Array, row: number, divisor: number, columns: number): void {
  for (let at = row * columns; at < (row + 1) * columns; at++) matrix[at]! /= divisor;
}
