// What one kind of file puts into the import dialog: its fields, and the button that goes on.
import type { ReactNode } from 'react';
import type { Model } from '../../../contract/model.ts';

/** `path` is empty while no such file is chosen. */
export type ImportStep = { path: string; onTaken: (model: Model) => Promise<void> };

export type ImportForm = {
  body: ReactNode;
  /** The file is settled, and its field out of the way. */
  hidesFile?: boolean;
  submit: string;
  ready: boolean;
  error: unknown;
  onSubmit: () => void;
};
