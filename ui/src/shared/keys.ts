import { useEffect } from 'react';
import { create } from 'zustand';
import { useShown } from './use-shown';

/** A key of the screen at hand. */
export interface KeyBinding {
  /** `KeyboardEvent.key`, with `Ctrl+` in front where it takes Ctrl or Cmd. */
  key: string;
  label: string;
  run: () => void;
}

interface KeyState {
  groups: Record<string, KeyBinding[]>;
  register: (group: string, bindings: KeyBinding[]) => void;
  remove: (group: string) => void;
}

/** The keys in force, for the help that `?` opens. */
export const useKeyState = create<KeyState>((set) => ({
  groups: {},
  register: (group, bindings) => set(({ groups }) => ({ groups: { ...groups, [group]: bindings } })),
  remove: (group) => set(({ groups: { [group]: _removed, ...groups } }) => ({ groups })),
}));

/** Puts keys in force while the calling component is shown; `group` names them in the help. */
export function useKeys(group: string, bindings: KeyBinding[]): void {
  const current = useShown(bindings);
  const signature = bindings.map(({ key, label }) => `${key}:${label}`).join('\n');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the bindings; their functions are read at the stroke
  useEffect(() => {
    useKeyState.getState().register(group, current());
    return () => useKeyState.getState().remove(group);
  }, [group, signature]);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const binding = current().find(({ key }) => key === strokeOf(event));
      if (!binding || isTaken(event)) return;
      event.preventDefault();
      binding.run();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [current]);
}

function strokeOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

const TEXT_FIELDS = 'input, textarea, select, [contenteditable], [role="combobox"], [role="listbox"]';

/** Typing and open dialogs keep their keys; strokes with Ctrl always reach the window. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.altKey) return true;
  if (event.ctrlKey || event.metaKey) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(TEXT_FIELDS)) return true;
  if (document.querySelector('[role="dialog"]:not([hidden])') && isDialogOpen()) return true;
  const activates = event.key === ' ' || event.key === 'Enter';
  return activates && target?.closest('button, a, [role="button"]') != null;
}

function isDialogOpen(): boolean {
  return [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].some(
    (dialog) => dialog.offsetParent !== null,
  );
}
