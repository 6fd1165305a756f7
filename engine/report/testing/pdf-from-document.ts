// Report document -> PDF in memory, for tests that look at its bytes. Tests only.
import type { ReportDocument } from '../../../contract/report.ts';
import { canonicalJson } from '../../files/canonical-json.ts';
import { writePdfReport } from '../pdf-report.ts';
import type { ReportPictures } from '../sections/face-blocks.ts';

export async function pdfFromDocument(
  document: ReportDocument,
  paper: 'A4' | 'Letter',
  pictures: ReportPictures,
): Promise<{ bytes: Uint8Array; pages: number }> {
  const parts: Uint8Array[] = [];
  const record = () => [canonicalJson(document), '\n'];
  const pages = await writePdfReport({ document, record, paper, pictures }, { write: (part) => void parts.push(part) });
  return { bytes: Buffer.concat(parts), pages };
}
