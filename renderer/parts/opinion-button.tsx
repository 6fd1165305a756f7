// Gives an opinion by the mouse; the same everywhere one may be given.
import type { Conclusion, StandingConclusion } from '../../contract/opinion.ts';
import { notify } from '../data/notices.ts';
import { useChord } from '../keys/key-actions.ts';
import { conclusionName } from '../wording.ts';
import { Keys } from './key.tsx';
import { ConclusionMark } from './marks.tsx';

export function OpinionButton({
  conclusion,
  current,
  disabled,
  onClick,
}: {
  conclusion: StandingConclusion;
  current: Conclusion | null;
  disabled: boolean;
  onClick: () => void;
}) {
  const chord = useChord(`opinion.${conclusion}`);
  return (
    <button
      type="button"
      className={`opinion-button opinion-${conclusion}`}
      aria-pressed={current === conclusion}
      disabled={disabled}
      // The mouse takes no focus here: Enter or Space would press the button again, on the next
      // face.
      onMouseDown={(event) => {
        event.preventDefault();
        const focused = document.activeElement;
        if (focused instanceof HTMLTextAreaElement) focused.blur();
      }}
      onClick={({ detail }) => {
        // The second click of a double click would decide the next face.
        if (detail < 2) onClick();
        else notify('The second click of a double click records nothing.');
      }}
    >
      <ConclusionMark conclusion={conclusion} size={15} />
      {conclusionName(conclusion)}
      <Keys chord={chord} />
    </button>
  );
}
