// A utility process: `process.parentPort` over the child process channel. Importing `electron` gives nothing here.
import { EventEmitter } from 'node:events';
import type { Frame } from './frames.ts';
import { PortSpace } from './ports.ts';

const send = (frame: Frame) => void process.send!(frame);
const space = new PortSpace(send);

/** As Electron's: messages wait for the first listener. */
class ParentPort extends EventEmitter {
  #waiting: unknown[] = [];

  constructor() {
    super();
    this.on('newListener', (event) => {
      if (event !== 'message') return;
      const waiting = this.#waiting;
      this.#waiting = [];
      queueMicrotask(() => waiting.forEach((message) => this.emit('message', message)));
    });
  }

  postMessage(data: unknown): void {
    send({ kind: 'parent', data, ports: [] });
  }

  receive(message: unknown): void {
    if (this.listenerCount('message') === 0) this.#waiting.push(message);
    else this.emit('message', message);
  }
}

const parentPort = new ParentPort();
Object.defineProperty(process, 'parentPort', { value: parentPort });
process.on('message', (frame: Frame) => {
  if (frame.kind !== 'parent') space.receive(frame);
  else parentPort.receive({ data: frame.data, ports: frame.ports.map((number) => space.open(number)) });
});
// The channel alone must not end with the last listener, nor outlive the parent.
process.on('disconnect', () => process.exit());
