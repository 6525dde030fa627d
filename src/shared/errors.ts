// What a person can act on crosses every wall as an AppError; anything else that is thrown is a bug.

export const errorCodes = [
  'bad-request',
  'not-found',
  'conflict',
  'cancelled',
  'unavailable',
  'unsupported',
  'unreadable',
  'no-space',
  'compute-crashed',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** JSON-safe facts about an error: an operator's name, a file, a shape. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>;

export interface WireError {
  code: ErrorCode;
  message: string;
  detail?: ErrorDetail;
}

/**
 * An expected failure. `message` is one sentence for the person: what happened, and what to do about it.
 * `detail` is for programs and tests.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: ErrorDetail | undefined;

  constructor(code: ErrorCode, message: string, options: { detail?: ErrorDetail; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, ...(this.detail ? { detail: this.detail } : {}) };
  }

  static fromWire(wire: WireError): AppError {
    return new AppError(wire.code, wire.message, wire.detail ? { detail: wire.detail } : {});
  }
}

export const isAppError = (error: unknown, code?: ErrorCode): error is AppError =>
  error instanceof AppError && (code === undefined || error.code === code);

export const cancelled = (cause?: unknown): AppError => new AppError('cancelled', 'Cancelled.', { cause });
