// What a file says of itself beside the graph, in the entries that exporters leave there: ours, those of the ONNX standard
// (MetadataProps: Image.*), and the usual words for means and class names.
import { channelOrders, pixelRanges, type ModelInput, type Preprocessing } from '../../../shared/model.ts';
import { elementTypes } from './element-types.ts';
import type { ModelProto } from './onnx_pb.js';

const orders: Record<string, Preprocessing['channels']> = { Gray8: 'gray', Rgb8: 'rgb', Bgr8: 'bgr' };
const ranges: Record<string, Preprocessing['range']> = {
  NominalRange_0_255: '0-255',
  Normalized_0_1: '0-1',
  Normalized_1_1: '-1-1',
};

const classKeys = ['classes', 'class_names', 'labels', 'names', 'id2label'];

const readEntries = ({ metadataProps }: ModelProto): Map<string, string> =>
  new Map(metadataProps.map(({ key, value }) => [key, value]));

/** How pictures are prepared as far as the file says it and it fits the input; what does not fit is passed over. */
export function readPreprocessing(model: ModelProto, input: ModelInput): Partial<Preprocessing> {
  const entries = readEntries(model);
  const own = asObject(parse(entries.get('second_look.preprocessing'))) as Partial<Preprocessing>;
  const isOfBytes = input.element === 'uint8';
  const said: Partial<Record<keyof Preprocessing, unknown>> = {
    channels: orders[entries.get('Image.BitmapPixelFormat') ?? ''],
    range: ranges[entries.get('Image.NominalPixelRange') ?? ''],
    mean: parse(entries.get('mean')),
    std: parse(entries.get('std')),
    ...readSize(parse(entries.get('imgsz'))),
    ...own,
  };
  const isFitting: { [K in keyof Preprocessing]: (value: unknown) => boolean } = {
    width: (value) => isSize(value) && (input.width ?? value) === value,
    height: (value) => isSize(value) && (input.height ?? value) === value,
    shortestSide: (value) => value === null || isSize(value),
    channels: (value) => channelOrders.includes(value as never) && (value === 'gray' ? 1 : 3) === input.channels,
    // Bytes enter as they are.
    range: (value) => (isOfBytes ? value === '0-255' : pixelRanges.includes(value as never)),
    mean: (value) => isPerChannel(value, input) && (!isOfBytes || value.every((each) => each === 0)),
    std: (value) => isPerChannel(value, input) && value.every((each) => (isOfBytes ? each === 1 : each > 0)),
  };
  const fitting = Object.entries(isFitting).filter(([key, fits]) => fits(said[key as keyof Preprocessing]));
  return Object.fromEntries(fitting.map(([key]) => [key, said[key as keyof Preprocessing]]));
}

/**
 * The names of the model's classes in the order of its logits, where an entry of the file, or a table in its graph, gives as
 * many as there are; else null.
 */
export function readClassNames(model: ModelProto, classes: number): string[] | null {
  const entries = readEntries(model);
  for (const key of ['second_look.classes', ...classKeys]) {
    const names = toNames(entries.get(key));
    if (classes > 0 && names?.length === classes) return names;
  }
  const table = model.graph?.initializer.find(
    ({ dataType, stringData }) => dataType === elementTypes.string && stringData.length === classes,
  );
  return table ? table.stringData.map((name) => new TextDecoder().decode(name)) : null;
}

/** The entries with the names of `oldClasses` classes replaced by others, written as they were. */
export function renameClasses(
  entries: { key: string; value: string }[],
  oldClasses: number,
  names: readonly string[],
): void {
  for (const entry of entries)
    if (classKeys.includes(entry.key) && toNames(entry.value)?.length === oldClasses)
      entry.value = writeNames(entry.value, names);
}

function writeNames(text: string, names: readonly string[]): string {
  const found = parse(text);
  if (Array.isArray(found)) return JSON.stringify(names);
  if (Object.keys(asObject(found)).length > 0) return JSON.stringify(Object.fromEntries(names.entries()));
  if (fromPython(text)) return `{${names.map((name, place) => `${place}: ${JSON.stringify(name)}`).join(', ')}}`;
  return names.join(text.includes('\n') ? '\n' : ',');
}

/** A list, in JSON or a name a line or between commas, or an object from numbers to names, also as Python writes it. */
function toNames(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const found = parse(text) ?? fromPython(text);
  if (Array.isArray(found)) return found.map(String);
  const numbered = Object.entries(asObject(found));
  if (numbered.length === 0) return text.split(text.includes('\n') ? /\r?\n/ : ',').map((name) => name.trim());
  const names = Array.from({ length: numbered.length }, (_, index) => asObject(found)[String(index)]);
  return names.every((name) => name !== undefined) ? names.map(String) : undefined;
}

/** `{0: 'cat', 1: "dog"}` */
function fromPython(text: string): Record<string, string> | undefined {
  if (!/^\s*\{.*\}\s*$/s.test(text)) return undefined;
  const pairs = text.matchAll(/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g);
  return Object.fromEntries(
    [...pairs].map(([, index, single, double]) => [index!, (single ?? double ?? '').replace(/\\(.)/g, '$1')]),
  );
}

/** JSON, also numbers with commas between; undefined for anything else. */
function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(/^[\d\s.,-]+$/.test(text) ? `[${text}]` : text);
  } catch {
    return undefined;
  }
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

/** Height and width, or one number for both. */
function readSize(value: unknown): Partial<Record<'width' | 'height', unknown>> {
  if (!Array.isArray(value)) return {};
  const [height, width = height] = value as unknown[];
  return { height, width };
}

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

const isPerChannel = (value: unknown, { channels }: ModelInput): value is number[] =>
  Array.isArray(value) && value.length === channels && value.every(Number.isFinite);
