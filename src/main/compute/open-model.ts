import type { ComputeCalls } from '../../shared/compute-contract.ts';
import type { Head, ModelInput, Preprocessing, Provider, ProviderRefusal } from '../../shared/model.ts';
import { chooseBatch } from './choose-batch.ts';
import { startDecoding } from './decode-pool.ts';
import { readModelFile } from './graph/model-file.ts';
import { proveModel, type ProvenModel } from './prove-model.ts';
import { chooseProvider, type ChosenProvider } from './providers.ts';
import type { Session } from './session.ts';
import type { TensorWriter } from './tensor-writer.ts';
import { understandModel } from './understand-model.ts';

/** A model that is ready for extraction. */
export interface OpenModel {
  session: Session;
  input: ModelInput;
  preprocessing: Preprocessing;
  writer: TensorWriter;
  head: Head;
  /** Images per run; exactly so many where `isBatchFixed`. */
  batch: number;
  isBatchFixed: boolean;
  provider: Provider;
  providersTried: ProviderRefusal[];
}

/**
 * Opens a model on the best provider that works, or on the one that is asked for. Throws 'unreadable' or 'unsupported'
 * for the model, 'bad-request' where the preprocessing does not fit it, 'unsupported' where the provider fails.
 */
export async function openModel(params: ComputeCalls['model.open']['params']): Promise<OpenModel> {
  const file = await readModelFile(params.path, params.sha256);
  const model = understandModel(file, params.preprocessing, params.output);
  // Where that fails, the first pictures tell it.
  startDecoding().catch(() => undefined);
  const { fixedBatch, ...proven } = await proveModel(file, model);
  const chosen = await chooseProvider(params.provider, proven);
  return {
    ...chosen,
    input: model.input,
    preprocessing: model.preprocessing,
    writer: proven.writer,
    head: proven.head,
    batch: fixedBatch ?? params.batch ?? (await findBatch(chosen, proven, params.known)),
    isBatchFixed: fixedBatch !== null,
  };
}

function findBatch(
  { session, provider }: ChosenProvider,
  { writer }: Pick<ProvenModel, 'writer'>,
  known: ComputeCalls['model.open']['params']['known'],
): number | Promise<number> {
  return known?.provider === provider ? known.batch : chooseBatch(session, writer, provider);
}
