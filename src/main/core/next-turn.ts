import { cancelled } from '../../shared/errors.ts';

/** Lets in what waits for core between two parts of long work. Throws 'cancelled'. */
export async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal.aborted) throw cancelled();
}
