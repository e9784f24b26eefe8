/** Why an operation failed: the published code, and a text for developers. */
export class ZIMError extends Error {
  constructor({ code, message }) {
    super(message);
    this.name = 'ZIMError';
    this.code = code;
  }
}

/** The exception of a native function as a ZIMError; anything else as it is. */
export function fromNative(thrown) {
  try {
    const { code, message } = JSON.parse(thrown.message);
    return Number.isInteger(code) ? new ZIMError({ code, message }) : thrown;
  } catch {
    return thrown;
  }
}
