// What can be wrong with a checkpoint file, as a closed list. Every outcome of reading one is a value or this error.

export type CheckpointErrorCode =
  | 'notPyTorch'
  | 'truncated'
  | 'refusedGlobal'
  | 'unsupported'
  | 'badStructure'
  | 'mismatch';

/** The message says what was expected, what was found and what to do. Nothing in the file was executed. */
export class CheckpointError extends Error {
  readonly code: CheckpointErrorCode;
  constructor(code: CheckpointErrorCode, message: string) {
    super(message);
    this.name = 'CheckpointError';
    this.code = code;
  }
}
