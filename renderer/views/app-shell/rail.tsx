// The rail at the left: one button for each screen.
import {
  Cpu,
  FileText,
  Film,
  FolderOpen,
  GraduationCap,
  LayoutGrid,
  type LucideIcon,
  ScanSearch,
  ScrollText,
  Settings2,
} from 'lucide-react';
import type { KeyAction } from '../../../contract/settings.ts';
import { useCase } from '../../data/open-case.ts';
import { go, type ViewName } from '../../data/route.ts';
import { useChord } from '../../keys/key-actions.ts';
import { Tooltip } from '../../parts/tooltip.tsx';

type Entry = { view: ViewName; label: string; icon: LucideIcon; action: KeyAction; needsCase: boolean };

const ENTRIES: readonly Entry[] = [
  { view: 'cases', label: 'Cases', icon: FolderOpen, action: 'view.cases', needsCase: false },
  { view: 'faces', label: 'Faces', icon: LayoutGrid, action: 'view.grid', needsCase: true },
  { view: 'video', label: 'Videos', icon: Film, action: 'view.video', needsCase: true },
  { view: 'scan', label: 'Scan', icon: ScanSearch, action: 'view.scan', needsCase: true },
  { view: 'report', label: 'Report', icon: FileText, action: 'view.report', needsCase: true },
  { view: 'models', label: 'Models', icon: Cpu, action: 'view.models', needsCase: false },
  { view: 'training', label: 'Training', icon: GraduationCap, action: 'view.training', needsCase: false },
  { view: 'activity', label: 'Activity', icon: ScrollText, action: 'view.activity', needsCase: true },
  { view: 'settings', label: 'Settings', icon: Settings2, action: 'view.settings', needsCase: false },
];

function RailButton({ entry, current, disabled }: { entry: Entry; current: boolean; disabled: boolean }) {
  const chord = useChord(entry.action);
  const Icon = entry.icon;
  return (
    <Tooltip text={disabled ? `${entry.label}: open a case first` : entry.label} chord={chord} side="right">
      <button
        type="button"
        className="rail-button"
        aria-current={current ? 'page' : undefined}
        aria-disabled={disabled}
        onClick={() => disabled || go(entry.view)}
      >
        <Icon size={19} strokeWidth={1.7} aria-hidden />
        {entry.label}
      </button>
    </Tooltip>
  );
}

export function Rail({ view }: { view: ViewName }) {
  const open = useCase();
  return (
    <nav className="rail" aria-label="Screens">
      {ENTRIES.map((entry) => (
        <RailButton
          key={entry.view}
          entry={entry}
          current={entry.view === view || (entry.view === 'faces' && view === 'inspect')}
          disabled={entry.needsCase && !open}
        />
      ))}
    </nav>
  );
}
