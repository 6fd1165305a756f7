// Making a case and opening one.
import { useEffect, useState } from 'react';
import { chooseFolder } from '../../data/chooser.ts';
import { forgetList } from '../../data/grid-state.ts';
import { caseChanged } from '../../data/open-case.ts';
import { go } from '../../data/route.ts';
import { Field, Input } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { PathField } from '../../parts/path-field.tsx';
import { client } from '../../transport.ts';
import { openCase } from './open-case-action.ts';

/** A folder name made from a title: letters, digits and dashes of any script. */
const folderName = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'case';

function useCaseFolder(title: string) {
  const [parent, setParent] = useState('');
  const [separator, setSeparator] = useState('/');
  useEffect(() => {
    void client.app.browse({}).then(({ folder }) => {
      setSeparator(folder.includes('\\') ? '\\' : '/');
      setParent((now) => now || `${folder}${folder.includes('\\') ? '\\' : '/'}recce-cases`);
    });
  }, []);
  return { parent, setParent, folder: `${parent}${separator}${folderName(title)}` };
}

export function NewCaseDialog({ onClose }: { onClose: () => void }) {
  const [title, setTitle] = useState('');
  const [reference, setReference] = useState('');
  const [examiner, setExaminer] = useState('');
  const [error, setError] = useState<unknown>(null);
  const { parent, setParent, folder } = useCaseFolder(title);

  const submit = async (): Promise<void> => {
    try {
      await client.case.create({ folder, title, reference, ...(examiner.trim() ? { examiner: examiner.trim() } : {}) });
      forgetList();
      await caseChanged();
      onClose();
      go('scan');
    } catch (failure) {
      setError(failure);
    }
  };

  return (
    <FormDialog
      title="New case"
      submit="Create case"
      ready={title.trim() !== '' && parent !== ''}
      error={error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label="Title">
        <Input value={title} onChange={(event) => setTitle(event.target.value)} required maxLength={300} data-first />
      </Field>
      <Field label="Reference" hint="The number of your file, if it has one.">
        <Input value={reference} onChange={(event) => setReference(event.target.value)} maxLength={300} />
      </Field>
      <Field label="Examiner" hint="Opinions are recorded under this name. You can set or change it later.">
        <Input value={examiner} onChange={(event) => setExaminer(event.target.value)} maxLength={200} />
      </Field>
      <PathField
        label="Case folder"
        hint={
          <>
            The case will be the folder <span className="mono">{folder}</span>. Evidence is never copied into it or
            changed.
          </>
        }
        title="Where to keep the case"
        wanted={{ kind: 'folder' }}
        value={parent}
        onChange={setParent}
      />
    </FormDialog>
  );
}

/** Goes straight to choosing: there is nothing else to say. */
export function OpenCaseDialog({ onClose }: { onClose: () => void }) {
  useEffect(() => {
    onClose();
    void chooseFolder('Open a case', 'case').then((folder) => (folder ? openCase(folder) : false));
  }, [onClose]);
  return null;
}
