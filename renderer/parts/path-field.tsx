// A path of the engine's machine: typed, or chosen with a dialog. The one row of this kind, for
// every form that asks for a file or a folder.
import { FolderOpen } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { chooseFile, chooseFolder, chooseSave } from '../data/chooser.ts';
import { Button } from './button.tsx';
import { Input } from './field.tsx';

/** What is chosen: a folder, a file that is there, or a file to be written. */
type Wanted = { kind: 'folder' } | { kind: 'file' } | { kind: 'save'; fileName: string };

const choose = (title: string, wanted: Wanted): Promise<string | undefined> => {
  if (wanted.kind === 'folder') return chooseFolder(title);
  return wanted.kind === 'file' ? chooseFile(title) : chooseSave(title, wanted.fileName);
};

/**
 * `title` heads the dialog. `optional` lets the form go without a path; `first` has a dialog put
 * the focus here.
 */
export function PathField({
  label,
  hint,
  title,
  wanted,
  value,
  placeholder,
  optional,
  first,
  onChange,
}: {
  label: string;
  hint?: ReactNode;
  title: string;
  wanted: Wanted;
  value: string;
  placeholder?: string;
  optional?: boolean;
  first?: boolean;
  onChange: (path: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" id={`${id}label`} htmlFor={id}>
        {label}
      </label>
      <span className="path-row">
        <Input
          id={id}
          value={value}
          placeholder={placeholder}
          required={!optional}
          aria-describedby={hint ? `${id}hint` : undefined}
          onChange={(event) => onChange(event.target.value)}
          {...(first ? { 'data-first': true } : {})}
        />
        <Button
          icon={FolderOpen}
          aria-describedby={`${id}label`}
          onClick={async () => {
            const chosen = await choose(title, wanted);
            if (chosen) onChange(chosen);
          }}
        >
          Choose
        </Button>
      </span>
      {hint ? (
        <span className="field-hint" id={`${id}hint`}>
          {hint}
        </span>
      ) : null}
    </div>
  );
}
