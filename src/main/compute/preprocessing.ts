// How pictures are to enter a model: guessed from the graph, then set right by the person.
import { AppError } from '../../shared/errors.ts';
import type { ModelInput, Preprocessing } from '../../shared/model.ts';

/**
 * The preprocessing of a model: what `choice` says, and for the rest the best guess, with a sentence for each thing that
 * was guessed. `ownScaling` is what the graph itself does first (`findOwnScaling`).
 * Throws 'bad-request' where the choice does not fit the model.
 */
export function choosePreprocessing(
  input: ModelInput,
  ownScaling: 'bytes' | 'unit' | undefined,
  choice: Partial<Preprocessing>,
): { preprocessing: Preprocessing; notes: string[] } {
  const size = chooseSize(input, choice);
  const channels = chooseChannels(input, choice);
  const takesBytes = input.element === 'uint8' || ownScaling === 'bytes';
  const preprocessing: Preprocessing = {
    ...size,
    shortestSide: chooseShortestSide(size, choice),
    channels,
    range: choice.range ?? (takesBytes ? '0-255' : '0-1'),
    mean: perChannel('mean', choice.mean ?? [0], input),
    std: perChannel('std', choice.std ?? [1], input),
  };
  if (input.element === 'uint8' && !isIdentity(preprocessing)) {
    throw new AppError('bad-request', 'This model takes whole bytes: range 0-255, mean 0 and std 1 are fixed.');
  }
  const isScalingGiven = [choice.range, choice.mean, choice.std].some((option) => option !== undefined);
  const notes = [
    ...noteSize(input, choice),
    ...noteScaling(input, ownScaling, isScalingGiven),
    ...noteChannels(input, choice),
  ];
  return { preprocessing, notes };
}

/** What most models of free size were trained on. */
const usualSide = 224;

function chooseSize(input: ModelInput, choice: Partial<Preprocessing>): Pick<Preprocessing, 'width' | 'height'> {
  const width = choice.width ?? input.width ?? usualSide;
  const height = choice.height ?? input.height ?? usualSide;
  if ((input.width ?? width) !== width || (input.height ?? height) !== height) {
    const fixed = `${input.width ?? 'any'} x ${input.height ?? 'any'}`;
    throw new AppError('bad-request', `The model takes pictures of ${fixed}, not ${width} x ${height}.`);
  }
  return { width, height };
}

function chooseShortestSide(
  { width, height }: Pick<Preprocessing, 'width' | 'height'>,
  choice: Partial<Preprocessing>,
) {
  const { shortestSide = null } = choice;
  if (shortestSide === null || shortestSide >= Math.max(width, height)) return shortestSide;
  throw new AppError(
    'bad-request',
    `A shortest side of ${shortestSide} is less than the ${width} x ${height} that are cut out of it. Give ${Math.max(width, height)} or more, or none to stretch.`,
  );
}

function chooseChannels(input: ModelInput, choice: Partial<Preprocessing>): Preprocessing['channels'] {
  const channels = choice.channels ?? (input.channels === 1 ? 'gray' : 'rgb');
  const count = channels === 'gray' ? 1 : 3;
  if (count === input.channels) return channels;
  throw new AppError('bad-request', `The model takes ${input.channels} channels; ${channels} has ${count}.`);
}

function perChannel(name: 'mean' | 'std', values: number[], { channels }: ModelInput): number[] {
  if (values.length === 1) return Array.from({ length: channels }, () => values[0]!);
  if (values.length === channels) return values;
  throw new AppError('bad-request', `The model takes ${channels} channels; ${name} has ${values.length} values.`);
}

const isIdentity = ({ range, mean, std }: Preprocessing) =>
  range === '0-255' && mean.every((value) => value === 0) && std.every((value) => value === 1);

function noteSize(input: ModelInput, choice: Partial<Preprocessing>): string[] {
  const isKnown = (side: 'width' | 'height') => (choice[side] ?? input[side]) !== null;
  if (isKnown('width') && isKnown('height')) return [];
  return [
    `The model leaves the size of its pictures open: ${usualSide} is assumed. ` +
      'If it was trained with another, set width and height (--size).',
  ];
}

function noteScaling(input: ModelInput, ownScaling: 'bytes' | 'unit' | undefined, isGiven: boolean): string[] {
  if (isGiven) return [];
  if (input.element === 'uint8') return ['The model takes bytes and scales them itself.'];
  if (ownScaling) {
    const range = ownScaling === 'bytes' ? '0 to 255' : '0 to 1';
    return [`The model itself scales its pixels; they are given to it as ${range}.`];
  }
  return [
    'The file does not say how pixels are scaled: 0 to 1 is assumed, without mean and std. ' +
      'If the model was trained otherwise, set range, mean and std.',
  ];
}

const noteChannels = (input: ModelInput, choice: Partial<Preprocessing>): string[] =>
  choice.channels === undefined && input.channels === 3
    ? ['The file does not say the order of the channels: RGB is assumed.']
    : [];
