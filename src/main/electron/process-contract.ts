// Between Electron's main process and the core process, over its parent port: main asks, core answers and makes
// wishes. Both ends run the same build, so these are types alone.
import type { Grant } from '../../shared/project.ts';
import type { MediaRequest } from '../../shared/media-url.ts';

/** How core is started: one JSON argument. */
export interface CoreStart {
  userData: string;
  samples: string;
  version: string;
}

export interface MediaFile {
  path: string;
  contentType: string;
  sizeBytes: number;
}

export type ProcessCalls = {
  'grants.add': { params: { path: string }; result: Grant };
  'media.resolve': { params: MediaRequest; result: MediaFile | null };
  'projects.open': { params: { path: string }; result: null };
  /** A compute process that core wished for is gone. */
  'compute.ended': { params: { id: number; how: string }; result: null };
  /** Saves what is to be saved; the process ends after the answer. */
  'core.close': { params: null; result: null };
};

export type ProcessEvents = {
  /** Core numbers its compute processes; the port follows as a delivery. */
  'compute.wanted': { id: number };
  'compute.unwanted': { id: number };
};

/** A message that brings a port; anything else on the parent port belongs to the calls above. */
export type Delivery = { deliver: 'page' } | { deliver: 'compute'; id: number };

export const isDelivery = (message: unknown): message is Delivery =>
  typeof message === 'object' && message !== null && 'deliver' in message;
