// In place of a screen with results, until somebody says who looks at them.
import { CircleUserRound } from 'lucide-react';
import { useEffect } from 'react';
import { useCase } from '../../data/open-case.ts';
import { overlay, show } from '../../data/overlays.ts';
import { lookWithoutName } from '../../data/sitting.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/message.tsx';

export function AskWho() {
  const open = useCase();
  useEffect(() => {
    if (overlay.get() === null) show({ kind: 'examiner' });
  }, []);
  return (
    <Empty
      icon={CircleUserRound}
      title="Who is examining?"
      actions={
        <>
          <Button tone="primary" onClick={() => show({ kind: 'examiner' })}>
            Choose an examiner
          </Button>
          <Button onClick={() => void (open && lookWithoutName(open))}>Look without a name</Button>
        </>
      }
    >
      Nothing of the case is shown before: in blind review a score must not have been seen. Whoever takes a name after
      looking without one has seen the scores.
    </Empty>
  );
}
