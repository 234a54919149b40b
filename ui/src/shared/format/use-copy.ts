import { useEffect, useRef, useState } from 'react';
import { platform } from '../../platform';

const SHOWN_MS = 1500;

/** Copies text and tells for a moment that it did. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (text: string) => {
    platform()
      .copyText(text)
      .then(() => {
        setCopied(true);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
      })
      .catch((reason) => console.error('the clipboard refused the text', reason));
  };
  return { copied, copy };
}
