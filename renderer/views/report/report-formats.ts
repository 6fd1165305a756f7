// What a report can be written as, and what is chosen for it.
import { FileBraces, FileSpreadsheet, FileText, type LucideIcon, Network } from 'lucide-react';
import type { FindingFilter } from '../../../contract/finding.ts';
import type { CsvOptions } from '../../../contract/report.ts';
import type { ReportFormat as Format } from '../../data/report-export.ts';

export type ReportChoice = {
  title: string;
  organisation: string;
  filter: FindingFilter;
  includeOpinions: boolean;
  paper: 'A4' | 'Letter';
  redaction: 'none' | 'others' | 'all';
  template?: string;
  findings: string;
  conclusion: string;
  /** Whose words those are. */
  wordsBy: string;
  csv: CsvOptions;
};

export const FORMATS: readonly { format: Format; icon: LucideIcon; label: string; about?: string }[] = [
  { format: 'pdf', icon: FileText, label: 'Write PDF' },
  { format: 'json', icon: FileBraces, label: 'Write JSON' },
  { format: 'csv', icon: FileSpreadsheet, label: 'Write CSV' },
  { format: 'jsonld', icon: Network, label: 'Write CASE', about: 'CASE/UCO as JSON-LD, for other forensic tools' },
];
