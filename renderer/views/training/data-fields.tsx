// What a run learns from: genuine portraits, or faces that `recce faces extract` cut.
import type { TrainingData } from '../../../contract/training.ts';
import { Segments } from '../../parts/field.tsx';
import { PathField } from '../../parts/path-field.tsx';

const HINTS: Readonly<Record<TrainingData['kind'], string>> = {
  portraits:
    'Genuine portraits, one person each. Forgeries are made of them in memory, anew in every epoch; nothing is written beside them.',
  faces:
    'Genuine and forged faces as recce faces extract cut them: of a labelled set, of videos, or of a case’s opinions.',
};

const SPLIT_HINT = 'About a quarter of the persons or videos is kept for validation and never learned from.';

export function DataFields({ data, onChange }: { data: TrainingData; onChange: (data: TrainingData) => void }) {
  return (
    <section className="training-part" aria-label="Learns from">
      <h3>Learns from</h3>
      <Segments
        label="Learns from"
        value={data.kind}
        choices={[
          { value: 'portraits', label: 'Portraits' },
          { value: 'faces', label: 'Extracted faces' },
        ]}
        onChange={(kind) => onChange({ ...data, kind })}
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
