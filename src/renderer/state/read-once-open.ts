// Reading while the line to core is down: the window says it once, and its parts go on loading until they have their value.
import { isLineLost } from '../../shared/rpc.ts';

const retryMs = 500;

/** What `read` answers, which is asked again for as long as it fails for want of a line and nobody aborts it. */
export async function readOnceOpen<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
  signal: AbortSignal,
): Promise<Value> {
  for (;;) {
    try {
      return await read(signal);
    } catch (error) {
      if (signal.aborted || !isLineLost(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    signal.throwIfAborted();
  }
}
