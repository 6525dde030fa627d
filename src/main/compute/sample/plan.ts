// Which pictures the sample has, what is on them, and what their labels say.
import type { Split } from '../../../shared/labels.ts';
import { createRandom, shuffle } from '../../../shared/random.ts';
import { fruits, type Fruit } from './fruit.ts';

const trainPerClass = 200;
const testPerClass = 100;
/** Of the train images; the rest of the label errors are random. */
const errorShare = 0.15;
const mistakenShare = 0.6;
const planSeed = 1;

export interface PlannedPicture {
  /**
   * Below the images folder: `train/apple/0017.jpg`. The folder is that of the label, as if a person had sorted the
   * pictures, so a path does not give the truth away.
   */
  file: string;
  split: Split;
  fruit: Fruit;
  /** The class that the label says; in the train split not always the fruit. */
  label: string;
  /** What the picture is drawn from. */
  seed: number;
}

/** The same plan each time: label errors in 15 % of the train split, none in the test split. */
export function planSample(): PlannedPicture[] {
  const random = createRandom(planSeed);
  const train = shuffle(repeat(trainPerClass), random);
  const labels = plantErrors(train, random);
  const test = shuffle(repeat(testPerClass), random);
  return [
    ...train.map((fruit, index) => ({ split: 'train' as const, fruit, label: labels[index]! })),
    ...test.map((fruit) => ({ split: 'test' as const, fruit, label: fruit.name })),
  ].map(createNumbering());
}

const repeat = (times: number): Fruit[] => fruits.flatMap((fruit) => Array<Fruit>(times).fill(fruit));

/**
 * [Note: planted errors] Some are slips, from any class to any other. More are mistakes of the kind that people make
 * steadily: an avocado is taken for a pear, but a pear hardly ever for an avocado. A model learns such mistakes, which is
 * why they cost accuracy.
 */
function plantErrors(train: readonly Fruit[], random: () => number): string[] {
  const labels = train.map(({ name }) => name);
  const errorCount = Math.round(train.length * errorShare);
  const mistakeCount = Math.round(errorCount * mistakenShare);
  const places = shuffle([...train.keys()], random);
  const mistaken = places.filter((place) => train[place]!.takenFor).slice(0, mistakeCount);
  for (const place of mistaken) labels[place] = train[place]!.takenFor!;
  const slips = places.filter((place) => !mistaken.includes(place)).slice(0, errorCount - mistakeCount);
  for (const place of slips) {
    const others = fruits.filter((fruit) => fruit !== train[place]);
    labels[place] = others[Math.floor(random() * others.length)]!.name;
  }
  return labels;
}

function createNumbering() {
  const counts = new Map<string, number>();
  return (picture: Pick<PlannedPicture, 'split' | 'fruit' | 'label'>, index: number): PlannedPicture => {
    const folder = `${picture.split}/${picture.label}`;
    const number = (counts.get(folder) ?? 0) + 1;
    counts.set(folder, number);
    return { ...picture, file: `${folder}/${String(number).padStart(4, '0')}.jpg`, seed: index };
  };
}
