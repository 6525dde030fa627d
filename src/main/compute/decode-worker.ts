// A thread that decodes pictures and writes them as the model's numbers into memory that it shares with inference, which
// holds its own thread while it runs.
import { parentPort } from 'node:worker_threads';
import { isAppError } from '../../shared/errors.ts';
import { decodePicture } from './decode.ts';
import type { DecodeAnswer, DecodeRequest } from './decode-pool.ts';
import { mapInParallel } from './in-parallel.ts';
import { toPictureProblem } from './pictures.ts';
import { createTensorWriter, type TensorWriter } from './tensor-writer.ts';

/** Pictures that sharp works on for one thread of ours at a time. */
const picturesAtOnce = 2;

let writer: { key: string; of: TensorWriter } | undefined;

parentPort!.on('message', (request: DecodeRequest) => {
  void decode(request).then((answer) => parentPort!.postMessage(answer));
});

async function decode({ id, input, preprocessing, pictures, memory }: DecodeRequest): Promise<DecodeAnswer> {
  const key = JSON.stringify([input, preprocessing]);
  if (writer?.key !== key) writer = { key, of: createTensorWriter(input, preprocessing) };
  const { of } = writer;
  const tensor = of.view(memory);
  const failed: DecodeAnswer['failed'] = [];
  try {
    await mapInParallel(pictures, picturesAtOnce, async ({ path, index }) => {
      try {
        of.write(await decodePicture(path, preprocessing), tensor, index);
      } catch (error) {
        failed.push({ index, reason: toPictureProblem(error, path) });
      }
    });
    return { id, failed, error: null };
  } catch (error) {
    return { id, failed, error: isAppError(error) ? error.message : String(error) };
  }
}
