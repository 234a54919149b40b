import { useNavigate } from '@tanstack/react-router';

/** Dialogs that can lie above any screen. */
export type DialogName = 'backup' | 'damage' | 'compare' | 'export';

/** Returns what opens a dialog above the screen at hand, or closes it; the address carries it. */
export function useDialog(dialog: DialogName | undefined, subject?: string): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: '.', search: (current) => ({ ...current, dialog, subject }) });
}
