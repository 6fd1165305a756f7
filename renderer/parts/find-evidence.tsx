// The way from a picture that cannot be shown to where its file lies now.
import { FolderSearch } from 'lucide-react';
import type { Evidence } from '../../contract/evidence.ts';
import { show } from '../data/overlays.ts';
import { Button } from './button.tsx';

export const FindEvidence = ({ evidence: { path } }: { evidence: Pick<Evidence, 'path'> }) => (
  <Button small icon={FolderSearch} onClick={() => show({ kind: 'relocate', from: path.replace(/[\\/][^\\/]*$/, '') })}>
    Find the evidence…
  </Button>
);
