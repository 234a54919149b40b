import { create } from 'zustand';

interface WindowState {
  paletteOpen: boolean;
  keysOpen: boolean;
  railCollapsed: boolean;
  setPalette: (open: boolean) => void;
  setKeys: (open: boolean) => void;
  toggleRail: () => void;
}

/** State of the window that no address should carry. */
export const useWindowState = create<WindowState>((set) => ({
  paletteOpen: false,
  keysOpen: false,
  railCollapsed: false,
  setPalette: (paletteOpen) => set({ paletteOpen }),
  setKeys: (keysOpen) => set({ keysOpen }),
  toggleRail: () => set(({ railCollapsed }) => ({ railCollapsed: !railCollapsed })),
}));
