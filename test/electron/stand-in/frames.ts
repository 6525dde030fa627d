// What travels between the processes of the stand-in, over Node's child process channel (structured clone).

/** Ports travel by their number; the broker in main knows where each end is. */
export type Frame =
  /** Between a utility process and main: `child.postMessage` and `parentPort.postMessage`. */
  | { kind: 'parent'; data: unknown; ports: number[] }
  /** Posted on a port: upwards `port` is the sender's end, downwards the receiver's. */
  | { kind: 'port'; port: number; data: unknown }
  | { kind: 'port-closed'; port: number }
  /** Page to main and back: `ipcRenderer.invoke`. */
  | { kind: 'invoke'; id: number; channel: string; params: unknown }
  | { kind: 'invoked'; id: number; ok?: unknown; error?: string }
  /** Main to page: `webFrameMain.postMessage`. */
  | { kind: 'frame'; channel: string; data: unknown; ports: number[] }
  /** The test, through main, to the page and back. */
  | { kind: 'command'; id: number; name: string; params: unknown }
  | { kind: 'answer'; id: number; ok?: unknown; error?: string };

export type Send = (frame: Frame) => void;
