// Drawing lots: what a picture is made of.
import { createRandom } from '../../../shared/random.ts';

export interface Chance {
  /** Uniform between the two. */
  between(from: number, to: number): number;
  /** True with this probability. */
  happens(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Normal, mean 0 and deviation 1. */
  normal(): number;
}

export function createChance(seed: number): Chance {
  const random = createRandom(seed);
  return {
    between: (from, to) => from + (to - from) * random(),
    happens: (probability) => random() < probability,
    pick: (items) => items[Math.floor(random() * items.length)]!,
    // Box and Muller; 1 - random() is never 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  };
}
