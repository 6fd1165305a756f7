// In place of a screen that needs a case.
import { ScanSearch } from 'lucide-react';
import { show } from '../data/overlays.ts';
import { Button } from './button.tsx';
import { Empty } from './message.tsx';

/** Said where a screen needs a case and there is none. */
export function NoCase() {
  return (
    <Empty
      icon={ScanSearch}
      title="No case is open"
      actions={
        <>
          <Button tone="primary" onClick={() => show({ kind: 'newCase' })}>
            New case
          </Button>
          <Button onClick={() => show({ kind: 'openCase' })}>Open a case</Button>
        </>
      }
    >
      Create a case or open one first.
    </Empty>
  );
}
