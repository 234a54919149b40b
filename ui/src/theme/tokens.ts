/** The colours of one theme. Azure and crimson mark facts of the game and nothing else. */
export interface Palette {
  background: string;
  surface: string;
  raised: string;
  line: string;
  text: string;
  textSecondary: string;
  textTertiary: string;
  gold: string;
  goldStrong: string;
  goldHover: string;
  goldSoft: string;
  onGold: string;
  good: string;
  goodSoft: string;
  evil: string;
  evilSoft: string;
  verified: string;
  attention: string;
  failed: string;
  unknown: string;
}

const dark: Palette = {
  background: '#0f1319',
  surface: '#151b23',
  raised: '#1b232d',
  line: '#2a3541',
  text: '#e8ecf1',
  textSecondary: '#a9b4c2',
  textTertiary: '#8a96a6',
  gold: '#d0aa55',
  goldStrong: '#c9a24b',
  goldHover: '#dcb968',
  goldSoft: 'rgba(201, 162, 75, 0.14)',
  onGold: '#14110a',
  good: '#62a8f5',
  goodSoft: 'rgba(79, 156, 240, 0.2)',
  evil: '#ec6a80',
  evilSoft: 'rgba(224, 82, 106, 0.22)',
  verified: '#45bd88',
  attention: '#e0a83c',
  failed: '#ee7373',
  unknown: '#97a1b1',
};

const light: Palette = {
  background: '#f5f6f8',
  surface: '#ffffff',
  raised: '#f0f2f5',
  line: '#dce1e8',
  text: '#1b2430',
  textSecondary: '#4d5968',
  textTertiary: '#5f6b7a',
  gold: '#7d5b10',
  goldStrong: '#846115',
  goldHover: '#6d4f0c',
  goldSoft: 'rgba(154, 117, 36, 0.13)',
  onGold: '#ffffff',
  good: '#1a62bd',
  goodSoft: 'rgba(31, 111, 208, 0.16)',
  evil: '#b52a45',
  evilSoft: 'rgba(194, 49, 76, 0.15)',
  verified: '#13734a',
  attention: '#8a5a05',
  failed: '#b53030',
  unknown: '#576372',
};

export type Mode = 'light' | 'dark';

export const palettes: Record<Mode, Palette> = { dark, light };

/** The system's own fonts, Chinese ones first: nothing is downloaded. */
export const FONT =
  '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei", system-ui, sans-serif';
export const FONT_MONO = 'ui-monospace, "JetBrains Mono", "DejaVu Sans Mono", Consolas, monospace';

/** Publishes the palette as custom properties `--av-*`, so that style sheets follow the theme. */
export function publishPalette(mode: Mode): void {
  const root = document.documentElement;
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  for (const [name, value] of Object.entries(palettes[mode])) {
    root.style.setProperty(`--av-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
}
