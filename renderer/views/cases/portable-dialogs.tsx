// A whole case as one file for another workstation, and such a file opened here.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { PackedCase } from '../../../contract/portable-case.ts';
import { visibleText } from '../../../contract/visible-text.ts';
import { isFileThere } from '../../data/engine.ts';
import { forgetList } from '../../data/grid-state.ts';
import { caseChanged, useCase } from '../../data/open-case.ts';
import { fileNameOf, pack, packing } from '../../data/packing.ts';
import { go } from '../../data/route.ts';
import { useStore } from '../../data/store.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { SwitchRow } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Copyable } from '../../parts/hash.tsx';
import { Message } from '../../parts/message.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';
import { bytesText, countText } from '../../wording.ts';

/** Says in its name whether the evidence is in it. */
const usualName = (folder: string, evidence: boolean): string =>
  `${folder}-${evidence ? 'with' : 'without'}-evidence.recce-case`;

function Packed({ packed, evidence }: { packed: PackedCase; evidence: boolean }) {
  return (
    <Message
      tone="good"
      title={`Written: ${bytesText(packed.sizeBytes)}, ${countText(packed.files, 'file', 'files')}. ${evidence ? 'Evidence included.' : 'Evidence NOT included.'}`}
    >
      <p>
        SHA-256 of the file: <Copyable text={packed.sha256} name="the SHA-256" />
      </p>
      {packed.leftOut.map((one) => (
        <p key={one.subject} className="secondary">
          Left out: {one.subject}: {one.reason}
        </p>
      ))}
    </Message>
  );
}

/** Writes the open case as one file. */
export function PackDialog({ onClose }: { onClose: () => void }) {
  const open = useCase();
  const busy = useStore(packing);
  const [typed, setFile] = useState<string | null>(null);
  const [evidence, setEvidence] = useState(false);
  const [models, setModels] = useState(true);
  const file = typed ?? (open ? usualName(open.folder, evidence) : '');
  const writing = useMutation({
    mutationFn: (replace: boolean) => pack({ file, evidence, models, replace }),
  });
  const packed = writing.data;
  const change = (act: () => void): void => {
    act();
    // What was refused or written was another file.
    if (!writing.isPending) writing.reset();
  };
  return (
    <FormDialog
      title="Portable case"
      submit={
        busy ? 'Writing…' : packed ? 'Written' : isFileThere(writing.error) ? 'Replace the file' : 'Write the file'
      }
      ready={file !== '' && !busy && !packed}
      leave={packed || busy ? 'Close' : 'Cancel'}
      keepsDraft={Boolean(packed || busy)}
      error={writing.error}
      onSubmit={() => writing.mutate(isFileThere(writing.error))}
      onClose={onClose}
    >
      <p className="secondary">
        One file with what was found and recorded, and the evidence if you include it; without embeddings, groups of
        faces and their names, near copies and the reports. It opens, verifies and reruns on another workstation, where
        every hash in it is checked.
      </p>
      <PathField
        label="File"
        title="Write the portable case"
        wanted={{ kind: 'save', fileName: fileNameOf(file) || 'case.recce-case' }}
        value={file}
        onChange={(path) => change(() => setFile(path))}
        first
      />
      <SwitchRow
        label="Include the evidence files"
        hint="Each only if it is still the file that was added."
        checked={evidence}
        onChange={(on) => change(() => setEvidence(on))}
      />
      <SwitchRow
        label="Include the models"
        hint="So that results can be repeated there. Mind their licences."
        checked={models}
        onChange={(on) => change(() => setModels(on))}
      />
      {busy ? <p className="muted">You can close this dialog; the line at the bottom shows the writing.</p> : null}
      {packed ? <Packed packed={packed} evidence={evidence} /> : null}
    </FormDialog>
  );
}

/**
 * The folder a portable case is unpacked to unless another is chosen: its own name without the
 * ending.
 */
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
