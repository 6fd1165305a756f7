// How the state of a run reads and looks.
import type { TrainingRun } from '../../../contract/training.ts';
import { numberText } from '../../wording.ts';
import { figureText } from './curves.ts';

type State = TrainingRun['state'];

export const STATE_WORDS: Readonly<Record<State, string>> = {
  running: 'Training',
  paused: 'Paused',
  interrupted: 'Interrupted',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
export const STATE_TONES: Readonly<Record<State, string>> = {
  running: 'tone-accent',
  paused: 'tone-caution',
  interrupted: 'tone-caution',
  done: '',
  failed: 'tone-danger',
  cancelled: '',
};

const FIGURE_WORDS = { auc: 'AUC', accuracy: 'accuracy', loss: 'cross-entropy' } as const;

/** `AUC 0.912 at step 400`. */
export const bestText = ({ best, request }: TrainingRun): string =>
  best ? `${FIGURE_WORDS[request.selectBy]} ${figureText(best.value)} at step ${numberText(best.step)}` : 'none yet';
