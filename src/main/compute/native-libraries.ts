// The two libraries with native code, loaded at the first use: where one is missing or cannot run on this machine, that
// is an answer to a call and not a process that never started.
import { isMainThread } from 'node:worker_threads';
import { tell } from '../../shared/told.ts';

/** ONNX Runtime. Throws 'unavailable' where it cannot be loaded. */
export const loadOnnxRuntime = loadOnce('no-onnx-runtime', async () => {
  const runtime = await import('onnxruntime-node');
  // Whatever fails is thrown as well, and told where it belongs.
  runtime.env.logLevel = 'fatal';
  return runtime;
});

/**
 * What libvips may load, by its own names; `Nsgif` is GIF and `Heif` is AVIF. By the bytes and never by the name: SVG,
 * which can refer to other files, and all rarer formats stay shut. Only our own drawings, which are no files, are SVG.
 */
const loaders = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif', 'SvgBuffer'];

/**
 * Sharp, set up for pictures that nobody has looked at. Throws 'unavailable' where it cannot be loaded.
 *
 * [Note: one set-up of libvips] The settings are those of the process and not of a thread. A thread that made them again
 * would, between shutting all loaders and opening ours, refuse the pictures that other threads are reading, and good files
 * would be called damaged. So the main thread makes them, before any other thread is started.
 */
export const loadSharp = loadOnce('no-decoder', async () => {
  const { default: sharp } = await import('sharp');
  if (!isMainThread) return sharp;
  // Many pictures at a time, one thread each, is faster than many threads on one.
  sharp.concurrency(1);
  // No picture is read twice.
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: loaders.map((loader) => `VipsForeignLoad${loader}`) });
  return sharp;
});

/** Loads once for each thread, however many ask. */
function loadOnce<Library>(
  failure: 'no-onnx-runtime' | 'no-decoder',
  load: () => Promise<Library>,
): () => Promise<Library> {
  let loading: Promise<Library> | undefined;
  return () =>
    (loading ??= load().catch((error: unknown) => {
      const cause = error instanceof Error ? error.message.split('\n')[0]! : String(error);
      throw tell('unavailable', failure, { cause }, { cause: error });
    }));
}
