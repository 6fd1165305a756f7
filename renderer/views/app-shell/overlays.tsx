// The dialog that lies over the screens, if any.
import { closeOverlay, overlay } from '../../data/overlays.ts';
import { useStore } from '../../data/store.ts';
import { NewCaseDialog, OpenCaseDialog } from '../cases/case-dialogs.tsx';
import { CopyOutDialog } from '../cases/copy-out-dialog.tsx';
import { LeaveWorkDialog } from '../cases/leave-work-dialog.tsx';
import { PackDialog, UnpackDialog } from '../cases/portable-dialogs.tsx';
import { RelocateDialog } from '../cases/relocate-dialog.tsx';
import { AlikeDialog, EraseDialog } from '../faces/alike-dialog.tsx';
import { CopiesDialog } from '../faces/copies-dialog.tsx';
import { GroupsDialog } from '../faces/groups-dialog.tsx';
import { ManyDialog } from '../faces/many-dialog.tsx';
import { NoteDialog } from '../faces/note-dialog.tsx';
import { ReasonDialog } from '../faces/reason-dialog.tsx';
import { TagDialog } from '../faces/tag-dialog.tsx';
import { ExaminerDialog } from './examiner-dialog.tsx';
import { KeySheet } from './key-sheet.tsx';
import { LeaveBlindDialog } from './leave-blind-dialog.tsx';
import { Palette } from './palette.tsx';

export function Overlays() {
  const shown = useStore(overlay);
  switch (shown?.kind) {
    case undefined:
      return null;
    case 'palette':
      return <Palette onClose={closeOverlay} />;
    case 'keys':
      return <KeySheet onClose={closeOverlay} />;
    case 'examiner':
      return <ExaminerDialog follows={shown.follows} onClose={closeOverlay} onAnswer={shown.answer} />;
    case 'note':
      return <NoteDialog onClose={closeOverlay} />;
    case 'reason': {
      const { asked, answer } = shown;
      return (
        <ReasonDialog
          asked={asked}
          onAnswer={(reason) => {
            closeOverlay();
            answer(reason);
          }}
        />
      );
    }
    case 'many':
      return <ManyDialog {...shown} onClose={closeOverlay} />;
    case 'tags':
      return <TagDialog targets={shown.targets} inList={shown.inList} onClose={closeOverlay} />;
    case 'alike':
      return <AlikeDialog of={shown.of} onClose={closeOverlay} />;
    case 'copies':
      return <CopiesDialog of={shown.of} onClose={closeOverlay} />;
    case 'groups':
      return <GroupsDialog onClose={closeOverlay} />;
    case 'eraseEmbeddings':
      return <EraseDialog onClose={closeOverlay} />;
    case 'copyOut':
      return <CopyOutDialog start={shown.choice} onClose={closeOverlay} />;
    case 'leaveBlind':
      return <LeaveBlindDialog onClose={closeOverlay} />;
    case 'newCase':
      return <NewCaseDialog onClose={closeOverlay} />;
    case 'openCase':
      return <OpenCaseDialog onClose={closeOverlay} />;
    case 'pack':
      return <PackDialog onClose={closeOverlay} />;
    case 'relocate':
      return <RelocateDialog from={shown.from} onClose={closeOverlay} />;
    case 'unpack':
      return <UnpackDialog onClose={closeOverlay} />;
    case 'leaveWork': {
      const { work, answer } = shown;
      return (
        <LeaveWorkDialog
          work={work}
          onAnswer={(leaves) => {
            closeOverlay();
            answer(leaves);
          }}
        />
      );
    }
  }
}
