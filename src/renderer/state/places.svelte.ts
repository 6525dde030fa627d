// Choosing a folder or file: by the shell's own dialog where there is one, else from the folders that the host may open.
import type { FileKind } from '../../shared/desktop-host.ts';
import type { FolderEntry, Grant, Place } from '../../shared/project.ts';
import type { Host } from '../host/host.ts';
import type { Core } from './connection.svelte.ts';

/** A place, and how it is written for the person. */
export interface ChosenPlace {
  place: Place;
  displayPath: string;
}

export class Places {
  /** Whether the shell has a dialog for this; else the page shows a list of folders. */
  readonly hasDialog: boolean;
  readonly canDrop: boolean;
  readonly #host: Host;
  readonly #core: Core;

  constructor(host: Host, core: Core) {
    this.#host = host;
    this.#core = core;
    this.hasDialog = host.pickFolder !== undefined && host.pickFile !== undefined;
    this.canDrop = host.pathOf !== undefined;
  }

  /** Opens the shell's dialog; null when it was cancelled. */
  async pick(kind: 'folder' | FileKind): Promise<ChosenPlace | null> {
    const grant = kind === 'folder' ? await this.#host.pickFolder?.() : await this.#host.pickFile?.(kind);
    return grant ? toChosen(grant) : null;
  }

  async drop(file: File): Promise<ChosenPlace | null> {
    const grant = await this.#host.pathOf?.(file);
    return grant ? toChosen(grant) : null;
  }

  roots(): Promise<Grant[]> {
    return this.#core.call('grants.list', {});
  }

  entries(place: Place): Promise<FolderEntry[]> {
    return this.#core.call('folders.list', place);
  }
}

export const toChosen = ({ id, displayPath }: Grant): ChosenPlace => ({ place: { grant: id, path: '' }, displayPath });

/** The entry of a chosen folder. */
export const below = ({ place, displayPath }: ChosenPlace, name: string): ChosenPlace => ({
  place: { grant: place.grant, path: place.path === '' ? name : `${place.path}/${name}` },
  displayPath: `${displayPath.replace(/[\\/]$/, '')}/${name}`,
});

const endings: Record<FileKind, readonly string[]> = {
  labels: ['.csv', '.tsv', '.txt'],
  model: ['.onnx'],
  project: ['.secondlook'],
};

export const hasEnding = (name: string, kind: FileKind): boolean =>
  endings[kind].some((ending) => name.toLowerCase().endsWith(ending));
