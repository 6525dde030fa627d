// The few largest of many values, without sorting them all.

/** Keeps the `count` largest values offered; of equal ones the earlier. */
export class TopPoints {
  readonly #count: number;
  /** Descending. */
  readonly #values: number[] = [];
  readonly #places: number[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  offer(value: number, place: number): void {
    const values = this.#values;
    if (values.length === this.#count && !(value > (values.at(-1) ?? Infinity))) return;
    let at = values.length;
    while (at > 0 && value > values[at - 1]!) at -= 1;
    values.splice(at, 0, value);
    this.#places.splice(at, 0, place);
    if (values.length > this.#count) {
      values.pop();
      this.#places.pop();
    }
  }

  /** Places of the values kept, the largest first. */
  get places(): readonly number[] {
    return this.#places;
  }
}
