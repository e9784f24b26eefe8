/** Why an operation failed: the published code, and a text for developers. */
export class ZIMError extends Error {
  /** A `ZIMErrorCode`. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ZIMError';
    this.code = code;
  }
}

/** The exception of a native function as a ZIMError; anything else as it is. */
export function fromNative(thrown: unknown): unknown {
  try {
    const told = JSON.parse((thrown as Error).message) as ZIMError;
    return Number.isInteger(told.code) ? new ZIMError(told.code, told.message) : thrown;
  } catch {
    return thrown;
  }
}

/** Calls a native function; its errors become ZIMErrors. */
export function checked<T>(action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    throw fromNative(thrown);
  }
}
