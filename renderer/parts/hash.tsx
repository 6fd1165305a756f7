// A SHA-256 or another long text of letters and digits, in full, with a button that copies it.
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './button.tsx';

const SHOWN_MS = 1500;

export function Copyable({ text, name, short }: { text: string; name: string; short?: number }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(setCopied, SHOWN_MS, false);
  };
  return (
    <span className="hash">
      <code title={text}>{short ? `${text.slice(0, short)}…` : text}</code>
      <IconButton icon={copied ? Check : Copy} size={12} label={copied ? 'Copied' : `Copy ${name}`} onClick={copy} />
    </span>
  );
}
