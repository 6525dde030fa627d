// The few largest of many values, without sorting them all.

/** Keeps the `count` largest values offered; of equal ones the earlier. */
export class TopPoints {
  readonly #count: number;
  /** Descending. */
  readonly #values: number[] = [];
  readonly #places: number[] = [];
  /** Only a larger value is worth offering. */
  least: number;

  constructor(count: number) {
    this.#count = count;
    this.least = count > 0 ? -Infinity : Infinity;
  }

  offer(value: number, place: number): void {
    if (!(value > this.least)) return;
    const values = this.#values;
    let at = values.length;
    while (at > 0 && value > values[at - 1]!) at -= 1;
    values.splice(at, 0, value);
    this.#places.splice(at, 0, place);
    if (values.length > this.#count) {
      values.pop();
      this.#places.pop();
    }
    if (values.length === this.#count) this.least = values.at(-1)!;
  }

  /** Places of the values kept, the largest first. */
  get places(): readonly number[] {
    return this.#places;
  }
}
