// One ONNX Runtime session on one execution provider.
import type { InferenceSession } from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Provider } from '../../shared/domain.ts';
import { exposeTensors } from './graph/expose.ts';
import type { ModelFile } from './graph/model-file.ts';
import { loadOnnxRuntime } from './native-libraries.ts';
import type { PixelTensor } from './tensor-writer.ts';
import type { UnderstoodModel } from './understand-model.ts';

/** Features (count x d) and logits (count x C) of a batch, row-major. */
export interface BatchAnswer {
  features: Float32Array;
  logits: Float32Array;
}

export interface Session {
  /** Runs `count` images. Throws 'unsupported' where what comes out has not d features and C logits for each. */
  run(pixels: PixelTensor, count: number): Promise<BatchAnswer>;
  release(): Promise<void>;
}

/** Opens a model on one provider alone: of a list, ONNX Runtime would pass over one that fails and not say so. */
export async function openSession(file: ModelFile, model: UnderstoodModel, provider: Provider): Promise<Session> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const { head, input } = model;
  const session = await InferenceSession.create(exposeTensors(file, [head.features, head.logits]), {
    executionProviders: [provider],
    intraOpNumThreads: availableParallelism(),
    extra: sessionSettings(file),
  });

  return {
    async run(pixels, count) {
      const dims = inputDims(model, count);
      const fed =
        pixels instanceof Uint8Array ? new Tensor('uint8', pixels, dims) : new Tensor('float32', pixels, dims);
      const outputs = await session.run({ [input.name]: fed }, [head.features, head.logits]);
      return {
        features: readRows(outputs, head.features, count, head.dimensions),
        logits: readRows(outputs, head.logits, count, head.classes),
      };
    },
    release: () => session.release(),
  };
}

function inputDims({ input, preprocessing }: UnderstoodModel, count: number): number[] {
  const { width, height } = preprocessing;
  return input.layout === 'nchw' ? [count, input.channels, height, width] : [count, height, width, input.channels];
}

const sessionSettings = (file: ModelFile) => ({
  session: {
    // Threads that wait for the next batch would take the cores from decoding.
    intra_op: { allow_spinning: '0' },
    inter_op: { allow_spinning: '0' },
    // Where external weights may lie; ONNX Runtime refuses whatever leads out of it.
    model_external_initializers_file_folder_path: dirname(file.path),
  },
});

function readRows(outputs: InferenceSession.ReturnType, name: string, count: number, width: number): Float32Array {
  const { data, dims } = outputs[name]!;
  if (data instanceof Float32Array && data.length === count * width) return data;
  throw new AppError(
    'unsupported',
    `The model gives "${name}" as ${dims.join(' x ')} for ${count} images; ${count} x ${width} float32 was expected.`,
  );
}

/** A sentence for what ONNX Runtime says against a model, with the operator or version that it names. */
export function toModelError(error: unknown, modelName: string): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const operator = /No Op registered for (\S+)|implementation for (\S+?)\(/.exec(message);
  const version = /Opset (\d+) is under development|IR version: (\d+)/.exec(message);
  const obstacle = operator
    ? `ONNX Runtime does not know its operator ${operator[1] ?? operator[2]} in this version of ONNX`
    : version
      ? `it is of a newer ONNX version (${version[1] ?? version[2]}) than ONNX Runtime reads`
      : `ONNX Runtime says: ${firstLine(message)}`;
  return new AppError('unsupported', `${modelName} cannot be run: ${obstacle}.`, { cause: error });
}

/** What a message of ONNX Runtime says, without where in its source it was thrown and which call failed. */
export function firstLine(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line
    .replace(/^\/\S+:\d+ .*\) /, '')
    .replace(/^.* was false\. /, '')
    .replace(/^Ort\w+: /, '')
    .replace(/\.$/, '');
}
