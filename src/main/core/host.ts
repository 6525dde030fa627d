// What core is given by whoever runs it. Core never asks which host that is.
import type { Port } from '../../shared/rpc.ts';
import type { MediaBase } from '../../shared/media-url.ts';

/** A compute process that was started for core. */
export interface ComputeProcess {
  port: Port;
  kill(): void;
  /** Resolves when the process is gone, with what is known of why ("exit code 1", "signal SIGKILL"). */
  ended: Promise<string>;
}

export interface CoreHost {
  startCompute(): Promise<ComputeProcess>;
  /** One line for the log file or the terminal. */
  log(line: string): void;
  paths: {
    /** Settings and recent projects; created where missing. */
    userData: string;
    /** Where sample projects are made. */
    samples: string;
  };
  mediaBase: MediaBase;
  version: string;
}
