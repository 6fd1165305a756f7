// Before a case is left in which something is at work.
import { FormDialog } from '../../parts/form-dialog.tsx';

export function LeaveWorkDialog({ work, onAnswer }: { work: string; onAnswer: (leaves: boolean) => void }) {
  return (
    <FormDialog
      title="Leave the case while it is being worked on?"
      submit="Leave the case"
      leave="Stay"
      guarded
      onSubmit={() => onAnswer(true)}
      onClose={() => onAnswer(false)}
    >
      <p>{work} is interrupted when the case is left. It goes on when the case is opened again, and nothing is lost.</p>
    </FormDialog>
  );
}
