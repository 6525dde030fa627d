// The life of the app's core: pages come and go, at most one project is open, and what it does is in core-calls.ts.
import { join } from 'node:path';
import { parseCoreParams, type CoreEvents, type CoreHandlerCalls } from '../../shared/core-contract.ts';
import type { Grant } from '../../shared/project.ts';
import type { ReviewAnswer } from '../../shared/review.ts';
import type { MediaRequest } from '../../shared/media-url.ts';
import { serve, type Port } from '../../shared/rpc.ts';
import { ComputeClient } from './compute-client.ts';
import { createCalls } from './core-calls.ts';
import { CurrentProject } from './current-project.ts';
import { Grants } from './grants.ts';
import type { CoreHost } from './host.ts';
import { resolveMedia, type MediaFile } from './media.ts';
import { Settings } from './settings.ts';
import { Thumbnails } from './thumbnails.ts';

export interface Core {
  /** Serves one page or command line on a port until the port closes. */
  attach(port: Port): void;
  /** Makes a path openable; for hosts only, never within reach of a page. Throws 'not-found' if it is not there. */
  grant(path: string): Promise<Grant>;
  /** The file that a media address names, or undefined. */
  resolveMedia(request: MediaRequest): Promise<MediaFile | undefined>;
  /** Opens a project file that was named to the app; where a page is there, it is the page that opens it. */
  openFile(path: string): Promise<void>;
  close(): Promise<void>;
}

export function createCore(host: CoreHost): Core {
  const settings = new Settings(host.paths.userData);
  const grants = new Grants();
  const compute = new ComputeClient(host);
  const thumbnailCompute = new ComputeClient(host);
  const thumbnails = new Thumbnails(join(host.paths.userData, 'thumbnails'), thumbnailCompute);
  const pages = new Set<{ emit: <K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]) => void }>();

  function emit<K extends keyof CoreEvents & string>(event: K, payload: CoreEvents[K]): void {
    for (const page of pages) page.emit(event, payload);
  }

  function onBug(error: unknown, where: string): string {
    const reference = crypto.randomUUID().slice(0, 8);
    host.log(
      `bug ${reference} in ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return reference;
  }

  const projects = new CurrentProject({ host, settings, grants, compute, thumbnails, emit, onBug });
  /** Two windows on one project do not ask for the same image twice. */
  const share = (answer: ReviewAnswer) => {
    if (pages.size > 1) emit('reviews.changed', answer);
  };
  const calls = createCalls({ host, settings, grants, compute, projects, share });

  return {
    attach(port) {
      const page = serve<CoreHandlerCalls, CoreEvents>(port, calls, { parse: parseCoreParams, onBug });
      pages.add(page);
      port.onClose(() => pages.delete(page));
    },
    grant: (path) => grants.add(path),
    resolveMedia: async (request) => projects.opened && resolveMedia(projects.opened.project, thumbnails, request),
    async openFile(path) {
      if (pages.size === 0) await projects.replace(path);
      else emit('project.offered', { file: { grant: (await grants.add(path)).id, path: '' } });
    },
    async close() {
      await projects.close();
      await Promise.all([compute.close(), thumbnailCompute.close()]);
    },
  };
}
