// The validation that was started in this window: of which model, how far it is, how it ended.
// Changing screens does not matter to it; when the window goes, the engine ends it and keeps
// nothing. One at a time.
import type { ModelId } from '../../contract/brand.ts';
import type { ValidationEvent, ValidationRequest } from '../../contract/validation.ts';
import { client } from '../transport.ts';
import { engine, queryClient } from './engine.ts';
import { createStore } from './store.ts';

type Done = Extract<ValidationEvent, { kind: 'done' }>;

/** What the form asks for; the rest has the engine's defaults. */
export type ValidationChoice = Partial<ValidationRequest> & Pick<ValidationRequest, 'folder' | 'kind' | 'keep'>;

export type Validation = {
  modelId: ModelId;
  modelName: string;
  choice: ValidationChoice;
  /** Null until the engine has said something. */
  progress: { done: number; total: number | null; message: string } | null;
  /** Null while it goes on. */
  end: Done | { kind: 'cancelled' } | { kind: 'failed'; error: unknown } | null;
};

export const validation = createStore<Validation | null>(null);

export const isValidating = (now: Validation | null): now is Validation => now?.end === null;

let stop = new AbortController();

const note = (change: Partial<Validation>): void => validation.set((now) => now && { ...now, ...change });

async function followToEnd(modelId: ModelId, choice: ValidationChoice, { signal }: AbortController): Promise<void> {
  for await (const event of await client.model.validate({ ...choice, modelId }, { signal })) {
    if (event.kind === 'progress') note({ progress: event });
    else note({ end: event });
  }
}

/** Runs to its end; how it ended is in the store. */
export async function startValidation(modelId: ModelId, modelName: string, choice: ValidationChoice): Promise<void> {
  if (isValidating(validation.get())) return;
  stop = new AbortController();
  validation.set({ modelId, modelName, choice, progress: null, end: null });
  try {
    await followToEnd(modelId, choice, stop);
  } catch (error) {
    if (!stop.signal.aborted) note({ end: { kind: 'failed', error } });
  }
  if (isValidating(validation.get())) note({ end: { kind: 'cancelled' } });
  await queryClient.invalidateQueries({ queryKey: engine.model.key() });
  await queryClient.invalidateQueries({ queryKey: engine.case.laterRecords.key() });
  await queryClient.invalidateQueries({ queryKey: engine.case.recordsElsewhere.key() });
}

/** The engine ends it after the faces it has in hand. */
export const cancelValidation = (): void => {
  stop.abort();
  note({ end: { kind: 'cancelled' } });
};

/** What ended is looked at and put away. */
export const forgetValidation = (): void => validation.set((now) => (isValidating(now) ? now : null));
