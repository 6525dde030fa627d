import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Store } from '../store/store.ts';

export function toPath(store: Store | undefined, name: string): string {
  if (!store) throw new AppError('not-found', 'No project is open.');
  return join('below', name);
}
