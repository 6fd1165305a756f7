// What a run learns from: genuine portraits, faces that `recce faces extract` cut, or a labelled
// set of faces cut elsewhere.
import type { TrainingSource } from '../../../contract/training.ts';
import { Segments } from '../../parts/field.tsx';
import { PathField } from '../../parts/path-field.tsx';

const HINTS: Readonly<Record<TrainingSource['kind'], string>> = {
  portraits:
    'Genuine portraits, one person each. Forgeries are made of them in memory, anew in every epoch; nothing is written beside them.',
  faces:
    'Genuine and forged faces as recce faces extract cut them: of a labelled set, of videos, or of a case’s opinions.',
  crops:
    'A labelled set whose pictures are faces already cut (real/ and fake/ folders, or with pairs.csv): read as they are, no finder looks at them.',
};

/** The same folder read in another way. */
const readAs = (kind: TrainingSource['kind'], folder: string): TrainingSource =>
  kind === 'crops' ? { kind, folder, margin: 0, forge: false } : { kind, folder };

const SPLIT_HINT = 'About a quarter of the persons or videos is kept for validation and never learned from.';

export function DataFields({ data, onChange }: { data: TrainingSource; onChange: (data: TrainingSource) => void }) {
  return (
    <section className="training-part" aria-label="Learns from">
      <h3>Learns from</h3>
      <Segments
        label="Learns from"
        value={data.kind}
        choices={[
          { value: 'portraits', label: 'Portraits' },
          { value: 'faces', label: 'Extracted faces' },
          { value: 'crops', label: 'Faces already cut' },
        ]}
        onChange={(kind) => onChange(readAs(kind, data.folder))}
      />
      <PathField
        label="Folder of faces"
        hint={`${HINTS[data.kind]} ${SPLIT_HINT}`}
        title="Choose the folder of faces"
        wanted={{ kind: 'folder' }}
        value={data.folder}
        onChange={(folder) => onChange({ ...data, folder })}
      />
    </section>
  );
}
