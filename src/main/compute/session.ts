// One ONNX Runtime session on one execution provider.
import type { InferenceSession, OnnxValue } from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { sentence, tell } from '../../shared/told.ts';
import type { ModelInput, Preprocessing, Provider } from '../../shared/model.ts';
import { exposeTensors, widenInput } from './graph/expose.ts';
import type { HeadCandidate } from './graph/find-head.ts';
import type { ModelFile } from './graph/model-file.ts';
import { fromHalves } from './graph/tensor-values.ts';
import { loadOnnxRuntime } from './native-libraries.ts';
import type { PixelTensor } from './tensor-writer.ts';

/** What a session is made for: which pictures enter the model, and which of its tensors come out. */
export interface SessionPlan {
  file: ModelFile;
  input: ModelInput;
  preprocessing: Preprocessing;
  head: Pick<HeadCandidate, 'features' | 'making' | 'logits'>;
}

/** Features (count x d) and logits (count x C) of a batch, row-major; no logits where the model has no head. */
export interface BatchAnswer {
  features: Float32Array;
  logits: Float32Array;
  /** The first is the count. */
  featureDims: readonly number[];
  /** As they leave the graph; of one picture the count may be missing. */
  logitDims: readonly number[];
  featureType: string;
  logitType: string;
}

export interface Session {
  /** Runs `count` images. Throws 'unsupported' where what comes out has not one row for each. */
  run(pixels: PixelTensor, count: number): Promise<BatchAnswer>;
  release(): Promise<void>;
}

/** Opens a model on one provider alone: of a list, ONNX Runtime would pass over one that fails and not say so. */
export async function openSession(plan: SessionPlan, provider: Provider): Promise<Session> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const { file, input, head } = plan;
  const { features, logits, making } = head;
  const names = logits === null ? [features] : [features, logits];
  const exposed = exposeTensors(file, names, making);
  const bytes = input.element === 'float16' ? widenInput(exposed, input.name) : exposed;
  const session = await InferenceSession.create(bytes, {
    executionProviders: [provider],
    intraOpNumThreads: availableParallelism(),
    extra: sessionSettings(file),
  });

  return {
    async run(pixels, count) {
      const dims = inputDims(plan, count);
      const fed =
        pixels instanceof Uint8Array ? new Tensor('uint8', pixels, dims) : new Tensor('float32', pixels, dims);
      const outputs = await session.run({ [input.name]: fed }, names);
      const featureRows = readRows(outputs, features, count);
      const logitRows = logits === null ? null : readRows(outputs, logits, count);
      return {
        features: featureRows.values,
        logits: logitRows?.values ?? new Float32Array(),
        featureDims: featureRows.dims[0] === count ? featureRows.dims : [count, ...featureRows.dims],
        logitDims: logitRows?.dims ?? [count, 0],
        featureType: featureRows.type,
        logitType: logitRows?.type ?? 'float32',
      };
    },
    release: () => session.release(),
  };
}

function inputDims({ input, preprocessing }: SessionPlan, count: number): number[] {
  const { width, height } = preprocessing;
  return input.layout === 'nchw' ? [count, input.channels, height, width] : [count, height, width, input.channels];
}

const sessionSettings = (file: ModelFile) => ({
  session: {
    // Threads that wait for the next batch would take the cores from decoding.
    intra_op: { allow_spinning: '0' },
    inter_op: { allow_spinning: '0' },
    // No dynamic_block_base: parts that grow smaller end elsewhere in each run, and operators that compute what is left over
    // of a part otherwise (Softplus, Elu, LRN) would not give the same features twice.
    // Where external weights may lie; ONNX Runtime refuses whatever leads out of it.
    model_external_initializers_file_folder_path: dirname(file.path),
  },
});

function readRows(outputs: InferenceSession.ReturnType, name: string, count: number) {
  const { dims, type } = outputs[name]!;
  const values = toFloats(outputs[name]!);
  // What was exported for one picture may have no batch any more: PyTorch's squeeze() takes it out as well.
  if ((dims[0] === count || count === 1) && values.length > 0) return { values, dims, type };
  const shape = dims.join(' x ') || 'one number';
  throw tell('unsupported', 'not-rows', { output: name, shape, pictures: count });
}

/** The values of a float32, float64 or float16 output; none of another type, which no features have. */
export function toFloats({ data, type }: OnnxValue): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (type !== 'float16' || !ArrayBuffer.isView(data)) return new Float32Array();
  return fromHalves(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2));
}

/** Whether a run failed for want of memory, by what ONNX Runtime and its providers say then. */
export const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error &&
  /bad_?alloc|out of memory|failed to allocate|bfcarena|E_OUTOFMEMORY|not enough memory/i.test(error.message);

/** What ONNX Runtime says against a model, with the operator or version that it names, and what to do. */
export function toModelError(error: unknown, modelName: string): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const operator = /No Op registered for (\S+)|implementation for (\S+?)\(/.exec(message);
  const version = /Opset (\d+) is under development|IR version: (\d+)/.exec(message);
  let why = sentence('because.runtime-says', { message: firstLine(message) });
  if (error instanceof RangeError) why = sentence('because.input-too-large');
  if (operator) why = sentence('because.unknown-operator', { operator: (operator[1] ?? operator[2])! });
  if (version) why = sentence('because.newer-onnx', { version: (version[1] ?? version[2])! });
  return tell('unsupported', 'cannot-run', { subject: modelName, why }, { cause: error });
}

/** What a message of ONNX Runtime says, without where in its source it was thrown and which call failed. */
export function firstLine(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line
    .replace(/\/\S+\.\w+:\d+ [^()]*\([^()]*\)( const)? (\[with [^\]]*\] )?/, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /, '')
    .replace(/\w+\.cc:\d+ \w+ /, '')
    .replace(/^.* was false\. /, '')
    .replace(/^Ort\w+: /, '')
    .replace(/\.$/, '');
}
