// From pixels to the numbers that a model takes.
import type { ModelInput, Preprocessing } from '../../shared/model.ts';

export type PixelTensor = Float32Array | Uint8Array;

export interface TensorWriter {
  /** Bytes of one picture: height x width x 3. */
  pictureBytes: number;
  /** Room for `count` images, zeroed. */
  createTensor(count: number): PixelTensor;
  /** Bytes of one picture as the model takes it. */
  tensorBytes: number;
  /** The numbers in a piece of memory. */
  view(memory: SharedArrayBuffer): PixelTensor;
  /** Writes one picture, RGB and row-major, as image `index` of the tensor. */
  write(pixels: Uint8Array, tensor: PixelTensor, index: number): void;
}

/** A byte can have 256 values, so each channel's arithmetic is done 256 times and looked up afterwards. */
export function createTensorWriter(input: ModelInput, preprocessing: Preprocessing): TensorWriter {
  const { width, height, channels: order } = preprocessing;
  const pixelCount = width * height;
  const channels = order === 'gray' ? 1 : 3;
  const size = pixelCount * channels;
  const tables = Array.from({ length: channels }, (_, channel) => createTable(input, preprocessing, channel));
  const [pixelStep, channelStep] = input.layout === 'nchw' ? [1, pixelCount] : [channels, 1];

  function write(pixels: Uint8Array, tensor: PixelTensor, index: number): void {
    for (let channel = 0; channel < channels; channel++) {
      const table = tables[channel]!;
      const source = order === 'bgr' ? 2 - channel : channel;
      let at = index * size + channel * channelStep;
      for (let i = 0; i < pixels.length; i += 3, at += pixelStep) {
        tensor[at] = table[order === 'gray' ? toGray(pixels, i) : pixels[i + source]!]!;
      }
    }
  }

  return {
    pictureBytes: pixelCount * 3,
    createTensor: (count) =>
      input.element === 'uint8' ? new Uint8Array(count * size) : new Float32Array(count * size),
    tensorBytes: size * (input.element === 'uint8' ? 1 : 4),
    view: (memory) => (input.element === 'uint8' ? new Uint8Array(memory) : new Float32Array(memory)),
    write,
  };
}

/** Brightness by ITU-R 601 in 16-bit fixed point, as PIL's mode L has it; a gray pixel keeps its value. */
const toGray = (pixels: Uint8Array, i: number) =>
  (pixels[i]! * 19595 + pixels[i + 1]! * 38470 + pixels[i + 2]! * 7471 + 0x8000) >> 16;

const rangeOf: Record<Preprocessing['range'], { scale: number; offset: number }> = {
  '0-1': { scale: 1 / 255, offset: 0 },
  '0-255': { scale: 1, offset: 0 },
  '-1-1': { scale: 2 / 255, offset: -1 },
};

/** What becomes of each byte in one channel: (scaled to the range - mean) / std. */
function createTable(input: ModelInput, { range, mean, std }: Preprocessing, channel: number): PixelTensor {
  const { scale, offset } = rangeOf[range];
  const values = Float64Array.from(
    { length: 256 },
    (_, byte) => (byte * scale + offset - mean[channel]!) / std[channel]!,
  );
  return input.element === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values);
}
