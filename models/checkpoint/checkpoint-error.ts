// What can be wrong with a checkpoint file, as a closed list. Every outcome of reading one is a
// value or this error.

export type CheckpointErrorCode =
  | 'notPyTorch'
  | 'truncated'
  | 'damaged'
  | 'refusedGlobal'
  | 'unsupported'
  | 'badStructure'
  | 'mismatch';

/** Characters of a message that are kept: names of a hostile file go into it. */
const MESSAGE_LIMIT = 1500;

const cut = (message: string): string =>
  message.length > MESSAGE_LIMIT ? `${message.slice(0, MESSAGE_LIMIT)} … (cut)` : message;

/**
 * The message says what was expected, what was found and what to do. Nothing in the file was
 * executed.
 */
export class CheckpointError extends Error {
  readonly code: CheckpointErrorCode;
  constructor(code: CheckpointErrorCode, message: string) {
    super(cut(message));
    this.name = 'CheckpointError';
    this.code = code;
  }
}
