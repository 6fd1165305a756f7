// Near copies of the picture of a result, or of a picture outside the case, by keyboard.
import { useState } from 'react';
import type { CopiesQuery } from '../../../contract/copies.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { CopyStacksList, NearCopies } from '../../parts/near-copies.tsx';
import { PathField } from '../../parts/path-field.tsx';

export function CopiesDialog({ of: start, onClose }: { of: CopiesQuery | null; onClose: () => void }) {
  const [of, setOf] = useState(start);
  const [file, setFile] = useState('');
  return (
    <Dialog title="Near copies" size="large" onClose={onClose}>
      <div className="alike">
        <form
          className="alike-asked"
          onSubmit={(event) => {
            event.preventDefault();
            if (file !== '') setOf({ file });
          }}
        >
          <PathField
            label="A picture outside the case"
            title="Find near copies of a picture"
            wanted={{ kind: 'file' }}
            value={file}
            optional
            first={start === null}
            onChange={setFile}
          />
          <Button type="submit" disabled={file === ''}>
            Find its copies
          </Button>
        </form>
        {of === null ? (
          <CopyStacksList onOpen={onClose} />
        ) : (
          <NearCopies key={JSON.stringify(of)} of={of} names onOpen={onClose} />
        )}
      </div>
    </Dialog>
  );
}
