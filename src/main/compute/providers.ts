// Choosing what a model runs on.
import type { Provider, ProviderRefusal } from '../../shared/model.ts';
import { sentence, tell } from '../../shared/told.ts';
import { loadOnnxRuntime } from './native-libraries.ts';
import type { ProvenModel, Trial } from './prove-model.ts';
import { firstLine, openSession, type Session } from './session.ts';

/** What is tried on each system, the fastest first; the CPU always works. */
const preferences: Partial<Record<NodeJS.Platform, Provider[]>> = {
  win32: ['dml', 'cpu'],
  linux: ['cuda', 'webgpu', 'cpu'],
  darwin: ['coreml', 'webgpu', 'cpu'],
};

export const preferredProviders = (): Provider[] => preferences[process.platform] ?? ['cpu'];

/** How far a provider's values may be from the CPU's, relative to the largest: what half-precision arithmetic needs. */
const tolerance = 0.02;

export interface ChosenProvider {
  provider: Provider;
  providersTried: ProviderRefusal[];
  session: Session;
}

/**
 * The first provider that opens the model and computes what the CPU does. The session on the CPU is released where it is
 * not the one chosen. Throws 'unsupported' where the one that was asked for fails.
 */
export async function chooseProvider(
  asked: 'auto' | Provider,
  { plan, session: cpu, trial }: Pick<ProvenModel, 'plan' | 'session' | 'trial'>,
): Promise<ChosenProvider> {
  const providersTried: ProviderRefusal[] = [];
  for (const provider of asked === 'auto' ? preferredProviders() : [asked]) {
    if (provider === 'cpu') return { provider, providersTried, session: cpu };
    const outcome = await tryBuilt(provider, { plan, trial });
    if (typeof outcome !== 'string') {
      await cpu.release();
      return { provider, providersTried, session: outcome };
    }
    providersTried.push({ name: provider, reason: outcome });
  }
  await cpu.release();
  const reasons = providersTried.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw tell('unsupported', 'no-provider', { reasons });
}

/** Why a provider cannot be used, or null where it can. */
export async function refusalOf(
  provider: Provider,
  proven: Pick<ProvenModel, 'plan' | 'trial'>,
): Promise<string | null> {
  const outcome = await tryBuilt(provider, proven);
  if (typeof outcome === 'string') return outcome;
  await outcome.release();
  return null;
}

async function tryBuilt(
  provider: Provider,
  { plan, trial }: Pick<ProvenModel, 'plan' | 'trial'>,
): Promise<Session | string> {
  const { listSupportedBackends } = await loadOnnxRuntime();
  if (!listSupportedBackends().some(({ name }) => name === provider)) return sentence('because.not-built-in');
  return tryProvider(() => openSession(plan, provider), trial);
}

/** A session that computes what the CPU does, or why there is none. */
export async function tryProvider(open: () => Promise<Session>, trial: Trial): Promise<Session | string> {
  let session: Session | undefined;
  try {
    session = await open();
    const answer = await session.run(trial.pixels, trial.count);
    const difference = Math.max(
      differenceOf(answer.features, trial.answer.features),
      differenceOf(answer.logits, trial.answer.logits),
    );
    if (difference <= tolerance) return session;
    await session.release();
    if (!Number.isFinite(difference)) return sentence('because.provider-not-finite');
    return sentence('because.provider-differs', { difference: Number((difference * 100).toPrecision(2)) });
  } catch (error) {
    // Providers fail with plain errors of every kind: a library that is missing, no such device, no memory.
    await session?.release();
    return explainRefusal(error);
  }
}

/** What ONNX Runtime says, made clear where it leaves a person in the dark. */
export function explainRefusal(error: unknown): string {
  const line = firstLine(error instanceof Error ? error.message : String(error));
  return line === 'Failed to load shared library' ? sentence('because.no-library') : line;
}

/** Largest difference of two arrays, relative to the largest value of the second; NaN counts as infinitely far. */
function differenceOf(values: Float32Array, reference: Float32Array): number {
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < reference.length; i++) {
    largest = Math.max(largest, Math.abs(reference[i]!));
    const apart = Math.abs(values[i]! - reference[i]!);
    difference = Number.isNaN(apart) ? Infinity : Math.max(difference, apart);
  }
  return difference / (largest || 1);
}
