// How pictures are to enter a model: guessed from the graph, then set right by the person.
import { sentence, tell } from '../../shared/told.ts';
import type { ModelInput, Preprocessing } from '../../shared/model.ts';
import type { OwnScaling } from './graph/find-input.ts';

/**
 * The preprocessing of a model: what `choice` says, and for the rest the best guess, with a sentence for each thing that
 * was guessed. `ownScaling` is what the graph itself does first (`findOwnScaling`).
 * Throws 'bad-request' where the choice does not fit the model.
 */
export function choosePreprocessing(
  input: ModelInput,
  ownScaling: OwnScaling,
  choice: Partial<Preprocessing>,
): { preprocessing: Preprocessing; notes: string[] } {
  const size = chooseSize(input, choice);
  const channels = chooseChannels(input, ownScaling, choice);
  const isOfBytes = [...(choice.mean ?? []), ...(choice.std ?? [])].some((value) => Math.abs(value) > largestOfUnit);
  const takesBytes = input.element === 'uint8' || ownScaling.from === 'bytes' || isOfBytes;
  const preprocessing: Preprocessing = {
    ...size,
    shortestSide: chooseShortestSide(size, choice),
    channels,
    range: choice.range ?? (takesBytes ? '0-255' : '0-1'),
    mean: perChannel('mean', choice.mean ?? [0], input),
    std: perChannel('std', choice.std ?? [1], input),
  };
  if (input.element === 'uint8' && !isIdentity(preprocessing)) {
    throw tell('bad-request', 'whole-bytes', {});
  }
  const isScalingGiven = [choice.range, choice.mean, choice.std].some((option) => option !== undefined);
  const notes = [
    ...noteSize(input, choice),
    ...noteScaling(input, ownScaling, isScalingGiven),
    ...noteChannels(input, ownScaling, choice),
  ];
  return { preprocessing, notes };
}

/** No mean and no deviation of values of 0 to 1, or of -1 to 1, is larger; those of 0 to 255 all are. */
const largestOfUnit = 2;

/** What most models of free size were trained on. */
const usualSide = 224;

function chooseSize(input: ModelInput, choice: Partial<Preprocessing>): Pick<Preprocessing, 'width' | 'height'> {
  const width = choice.width ?? input.width ?? usualSide;
  const height = choice.height ?? input.height ?? usualSide;
  if ((input.width ?? width) !== width || (input.height ?? height) !== height) {
    const wanted = `${input.width ?? 'any'} x ${input.height ?? 'any'}`;
    throw tell('bad-request', 'picture-size', { wanted, given: `${width} x ${height}` });
  }
  return { width, height };
}

function chooseShortestSide(
  { width, height }: Pick<Preprocessing, 'width' | 'height'>,
  choice: Partial<Preprocessing>,
) {
  const { shortestSide = null } = choice;
  const least = Math.max(width, height);
  if (shortestSide === null || shortestSide >= least) return shortestSide;
  throw tell('bad-request', 'shortest-side', { side: shortestSide, size: `${width} x ${height}`, least });
}

function chooseChannels(
  input: ModelInput,
  ownScaling: OwnScaling,
  choice: Partial<Preprocessing>,
): Preprocessing['channels'] {
  const channels = choice.channels ?? (input.channels === 1 ? 'gray' : (ownScaling.channels ?? 'rgb'));
  const count = channels === 'gray' ? 1 : 3;
  if (count === input.channels) return channels;
  throw tell('bad-request', 'channel-order', { channels: input.channels, order: channels, given: count });
}

function perChannel(name: 'mean' | 'std', values: number[], { channels }: ModelInput): number[] {
  if (values.length === 1) return Array.from({ length: channels }, () => values[0]!);
  if (values.length === channels) return values;
  throw tell('bad-request', 'channel-values', { channels, name, given: values.length });
}

const isIdentity = ({ range, mean, std }: Preprocessing) =>
  range === '0-255' && mean.every((value) => value === 0) && std.every((value) => value === 1);

function noteSize(input: ModelInput, choice: Partial<Preprocessing>): string[] {
  const isKnown = (side: 'width' | 'height') => (choice[side] ?? input[side]) !== null;
  if (isKnown('width') && isKnown('height')) return [];
  return [sentence('about.size', { side: usualSide })];
}

function noteScaling(input: ModelInput, ownScaling: OwnScaling, isGiven: boolean): string[] {
  if (isGiven) return [];
  if (input.element === 'uint8') return [sentence('about.bytes')];
  return [sentence(ownScaling.from ? `about.scales-${ownScaling.from}` : 'about.scaling')];
}

function noteChannels(input: ModelInput, { channels }: OwnScaling, choice: Partial<Preprocessing>): string[] {
  if (choice.channels !== undefined || input.channels !== 3) return [];
  return [channels ? sentence('about.order', { order: channels.toUpperCase() }) : sentence('about.channels')];
}
