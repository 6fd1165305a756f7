// The files and folders of a new scan: chosen with the buttons or dropped.
import { File, FilePlus, Folder, FolderPlus, X } from 'lucide-react';
import { type DragEvent, useState } from 'react';
import { chooseFiles, chooseFolders, isFolder, pathsFromDrop } from '../../data/chooser.ts';
import { notify } from '../../data/notices.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { bridge } from '../../transport.ts';

function PathList({ paths, onRemove }: { paths: readonly string[]; onRemove: (path: string) => void }) {
  if (paths.length === 0)
    return (
      <p className="scan-drop-hint">
        Add the folders and files to examine{bridge.pathOf ? ', or drop them here' : ''}.
      </p>
    );
  return (
    <ul className="scan-paths">
      {paths.map((path) => (
        <li key={path}>
          {isFolder(path) ? <Folder size={14} aria-label="Folder" /> : <File size={14} aria-label="File" />}
          <span className="mono">{path}</span>
          <IconButton icon={X} size={14} label={`Remove ${path}`} onClick={() => onRemove(path)} />
        </li>
      ))}
    </ul>
  );
}

type Props = { paths: readonly string[]; onChange: (change: (now: string[]) => string[]) => void };

export function PathsField({ paths, onChange }: Props) {
  const [over, setOver] = useState(false);
  const add = (more: readonly string[]): void => onChange((now) => [...new Set([...now, ...more])]);
  const addFolder = async (): Promise<void> => {
    add(await chooseFolders('Add a folder'));
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const dropped = pathsFromDrop(event.dataTransfer);
    if (dropped) add(dropped);
    else notify('A browser does not tell where dropped files are. Choose them with the buttons.');
  };
  return (
    <section
      className={`scan-drop${over ? ' scan-drop-over' : ''}`}
      aria-label="Files and folders"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <PathList paths={paths} onRemove={(path) => onChange((now) => now.filter((one) => one !== path))} />
      <div className="scan-add">
        <Button icon={FolderPlus} onClick={() => void addFolder()}>
          Add a folder
        </Button>
        <Button icon={FilePlus} onClick={() => void chooseFiles('Add files').then(add)}>
          Add files
        </Button>
      </div>
    </section>
  );
}
