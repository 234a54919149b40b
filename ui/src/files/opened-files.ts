import { create } from 'zustand';
import type { OpenedFile } from '../api';

interface OpenedState {
  files: Record<string, OpenedFile>;
  keep: (file: OpenedFile) => void;
}

/** What the engine said of the files that were opened in this window; it keeps their games itself, for a while. */
const useOpenedState = create<OpenedState>((set) => ({
  files: {},
  keep: (file) => set(({ files }) => ({ files: { ...files, [file.file]: file } })),
}));

/** An opened file; none where it was not opened in this window. */
export function useOpenedFile(file: string | undefined): OpenedFile | undefined {
  return useOpenedState(({ files }) => (file === undefined ? undefined : files[file]));
}

/** Keeps what the engine said of a file. */
export function keepOpened(file: OpenedFile): void {
  useOpenedState.getState().keep(file);
}
