// Ports with Electron's behaviour whose two ends may be in different processes.
import { EventEmitter } from 'node:events';
import type { Frame, Send } from './frames.ts';

/** One end, as MessagePortMain: messages wait for `start()`, 'close' says that the other end is gone. */
export class StandInPort extends EventEmitter {
  readonly number: number;
  readonly #send: Send;
  #waiting: unknown[] | undefined = [];

  constructor(number: number, send: Send) {
    super();
    this.number = number;
    this.#send = send;
  }

  postMessage(data: unknown): void {
    this.#send({ kind: 'port', port: this.number, data: structuredClone(data) });
  }

  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const data of waiting) this.emit('message', { data, ports: [] });
  }

  close(): void {
    this.#send({ kind: 'port-closed', port: this.number });
  }

  receive(data: unknown): void {
    if (this.#waiting) this.#waiting.push(data);
    else this.emit('message', { data, ports: [] });
  }
}

/** The ends that are in this process. */
export class PortSpace {
  readonly #send: Send;
  readonly #ports = new Map<number, StandInPort>();

  constructor(send: Send) {
    this.#send = send;
  }

  open(number: number): StandInPort {
    const port = new StandInPort(number, this.#send);
    this.#ports.set(number, port);
    return port;
  }

  /** The end has been sent elsewhere. */
  forget(number: number): void {
    this.#ports.delete(number);
  }

  receive(frame: Frame): void {
    if (frame.kind === 'port') this.#ports.get(frame.port)?.receive(frame.data);
    if (frame.kind !== 'port-closed') return;
    this.#ports.get(frame.port)?.emit('close');
    this.#ports.delete(frame.port);
  }
}

/** In main: knows the two ends of each channel and where they are, and closes the ends that a dead process held. */
export class Broker {
  readonly local = new PortSpace((frame) => this.route(frame));
  readonly #ends = new Map<number, { other: number; send: Send }>();
  #lastNumber = 0;

  createChannel(): [StandInPort, StandInPort] {
    const first = ++this.#lastNumber;
    const second = ++this.#lastNumber;
    const toMain: Send = (frame) => this.local.receive(frame);
    this.#ends.set(first, { other: second, send: toMain });
    this.#ends.set(second, { other: first, send: toMain });
    return [this.local.open(first), this.local.open(second)];
  }

  /** Gives ends to another process; returns the numbers under which it opens them. */
  transfer(ports: readonly StandInPort[], send: Send): number[] {
    return ports.map(({ number }) => {
      const end = this.#ends.get(number);
      if (!end) throw new Error('This port was transferred or closed before.');
      end.send = send;
      this.local.forget(number);
      return number;
    });
  }

  /** A frame from the end that it names goes to the other end. */
  route(frame: Frame): void {
    if (frame.kind !== 'port' && frame.kind !== 'port-closed') return;
    const end = this.#ends.get(frame.port);
    const other = end && this.#ends.get(end.other);
    if (!end || !other) return;
    if (frame.kind === 'port-closed') {
      this.#ends.delete(frame.port);
      this.#ends.delete(end.other);
    }
    other.send({ ...frame, port: end.other });
  }

  /** Everything that a process held is closed. */
  releaseAll(send: Send): void {
    for (const [number, end] of this.#ends) {
      if (end.send === send) this.route({ kind: 'port-closed', port: number });
    }
  }
}
