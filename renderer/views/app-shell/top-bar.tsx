// The top bar: which case, the way to every command, blind review, and who is examining.
import { CircleUserRound, Command, EyeOff, Lock } from 'lucide-react';
import { switchBlind } from '../../data/blind.ts';
import { useCase, useSession } from '../../data/open-case.ts';
import { show } from '../../data/overlays.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Switch } from '../../parts/field.tsx';
import { Keys } from '../../parts/key.tsx';
import { Tooltip } from '../../parts/tooltip.tsx';

function BlindSwitch() {
  const { blind } = useSession();
  return (
    <Tooltip text="Hides the machine’s score, its pictures and other people’s opinions of a face until you have given your own">
      <span className={`blind${blind ? ' blind-on' : ''}`}>
        <EyeOff size={14} aria-hidden />
        Blind review
        <Switch label="Blind review" checked={blind} onChange={switchBlind} />
      </span>
    </Tooltip>
  );
}

export function TopBar() {
  const open = useCase();
  const { examiner } = useSession();
  const chord = useChord('palette.open');
  return (
    <header className="top-bar">
      <div className="top-case">
        <span className="top-name">{open ? open.title : 'Recce Workstation'}</span>
        {open?.reference ? <span className="top-reference mono">{open.reference}</span> : null}
        {open && !open.writable ? (
          <span className="badge tone-caution">
            <Lock size={11} aria-hidden />
            Read only
          </span>
        ) : null}
      </div>
      <button type="button" className="top-search" onClick={() => show({ kind: 'palette' })}>
        <Command size={14} aria-hidden />
        <span>Search or run a command</span>
        <Keys chord={chord} />
      </button>
      <div className="top-right">
        {open?.writable ? <BlindSwitch /> : null}
        {open?.writable ? (
          <button type="button" className="top-examiner" onClick={() => show({ kind: 'examiner' })}>
            <CircleUserRound size={16} aria-hidden />
            <span className={examiner ? 'top-examiner-name' : 'top-nobody'}>
              {examiner?.name ?? 'Who is examining?'}
            </span>
          </button>
        ) : null}
      </div>
    </header>
  );
}
