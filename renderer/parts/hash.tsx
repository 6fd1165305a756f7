// A SHA-256, a path or another long text, in full, with a button that copies it as it is.

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { visibleText } from '../../contract/visible-text.ts';
import { IconButton } from './button.tsx';

const SHOWN_MS = 1500;

export function Copyable({ text, name, short }: { text: string; name: string; short?: number }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(setCopied, SHOWN_MS, false);
  };
  const shown = visibleText(text);
  return (
    <span className="hash">
      <code title={shown}>{short ? `${shown.slice(0, short)}…` : shown}</code>
      <IconButton icon={copied ? Check : Copy} size={12} label={copied ? 'Copied' : `Copy ${name}`} onClick={copy} />
    </span>
  );
}
