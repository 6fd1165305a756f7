// A whole case as one file for another workstation, and such a file opened here.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { visibleText } from '../../../contract/visible-text.ts';
import { forgetList } from '../../data/grid-state.ts';
import { caseChanged, useCase } from '../../data/open-case.ts';
import { go } from '../../data/route.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SwitchRow } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';
import { bytesText, countText } from '../../wording.ts';

/** Writes the open case as one file. */
export function PackDialog({ onClose }: { onClose: () => void }) {
  const open = useCase();
  const [file, setFile] = useState('');
  const [evidence, setEvidence] = useState(false);
  const [models, setModels] = useState(true);
  useEffect(() => setFile((now) => now || (open ? `${open.folder}.recce-case` : '')), [open]);
  const packing = useMutation({ mutationFn: () => client.case.pack({ file, evidence, models }) });
  const packed = packing.data;
  return (
    <FormDialog
      title="Portable case"
      submit={packing.isPending ? 'Writing…' : 'Write the file'}
      ready={file !== '' && !packing.isPending}
      leave={packed ? 'Close' : 'Cancel'}
      error={packing.error}
      onSubmit={packing.mutate}
      onClose={onClose}
    >
      <p className="secondary">
        One file with everything that was found and recorded. It opens, verifies and reruns on another workstation;
        every hash in it is checked there.
      </p>
      <PathField
        label="File"
        title="Write the portable case"
        wanted={{ kind: 'save', fileName: file.split(/[\\/]/).at(-1) || 'case.recce-case' }}
        value={file}
        onChange={setFile}
        first
      />
      <SwitchRow
        label="Evidence files"
        hint="Each only while it is still the one taken in."
        checked={evidence}
        onChange={setEvidence}
      />
      <SwitchRow
        label="Models"
        hint="So that verdicts can be made again there. Mind their licences."
        checked={models}
        onChange={setModels}
      />
      {packed ? (
        <Message title={`Written: ${bytesText(packed.sizeBytes)}, ${countText(packed.files, 'file', 'files')}.`}>
          <Copyable text={packed.sha256} name="the SHA-256" />
          {packed.leftOut.map((one) => (
            <p key={one.subject} className="secondary">
              Left out: {one.subject}: {one.reason}
            </p>
          ))}
        </Message>
      ) : null}
    </FormDialog>
  );
}

/** The folder a portable case is unpacked to unless another is chosen: its own name without the ending. */
const beside = (file: string): string => file.replace(/\.[^./\\]+$/, '');

/** What must be known of an unpacked case before it is looked at. */
function Unpacked(props: { remarks: readonly string[]; onShow: () => void; onClose: () => void }) {
  return (
    <Dialog title="The case is open" onClose={props.onClose}>
      <Message title="What its models’ cards say of error rates is not used here.">
        {props.remarks.map((remark) => (
          <p key={remark} className="secondary">
            {visibleText(remark)}
          </p>
        ))}
      </Message>
      <div className="dialog-actions">
        <Button tone="primary" onClick={props.onShow}>
          Show the case
        </Button>
      </div>
    </Dialog>
  );
}

/** Unpacks a portable case into a folder and opens it. */
export function UnpackDialog({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState('');
  const [chosen, setFolder] = useState<string | null>(null);
  const folder = chosen ?? beside(file);
  const unpacking = useMutation({
    mutationFn: () => client.case.unpack({ file, folder }),
    onSuccess: async ({ remarks }) => {
      forgetList();
      await caseChanged();
      if (remarks.length === 0) show();
    },
  });
  const show = (): void => {
    onClose();
    go('faces');
  };
  const remarks = unpacking.data?.remarks ?? [];
  if (remarks.length > 0) return <Unpacked remarks={remarks} onShow={show} onClose={onClose} />;
  return (
    <FormDialog
      title="Open a portable case"
      submit={unpacking.isPending ? 'Checking every hash…' : 'Unpack and open'}
      ready={file !== '' && folder !== '' && !unpacking.isPending}
      error={unpacking.error}
      onSubmit={unpacking.mutate}
      onClose={onClose}
    >
      <PathField
        label="File"
        title="Choose a portable case"
        wanted={{ kind: 'file' }}
        value={file}
        onChange={setFile}
        first
      />
      <PathField
        label="Folder for the case"
        hint="It must not hold a case already."
        title="Folder for the case"
        wanted={{ kind: 'folder' }}
        value={folder}
        onChange={setFolder}
      />
    </FormDialog>
  );
}
