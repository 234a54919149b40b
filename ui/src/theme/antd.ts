import { type ThemeConfig, theme } from 'antd';
import { FONT, FONT_MONO, type Mode, palettes } from './tokens';

/** The component library's configuration for one theme. */
export function antdTheme(mode: Mode): ThemeConfig {
  const palette = palettes[mode];
  return {
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: palette.goldStrong,
      colorInfo: palette.gold,
      colorLink: palette.gold,
      colorLinkHover: palette.text,
      colorSuccess: palette.verified,
      colorWarning: palette.attention,
      colorError: palette.failed,
      colorBgBase: palette.background,
      colorBgLayout: palette.background,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.surface,
      colorBorder: palette.line,
      colorBorderSecondary: palette.line,
      colorText: palette.text,
      colorTextSecondary: palette.textSecondary,
      colorTextTertiary: palette.textTertiary,
      colorTextDescription: palette.textSecondary,
      colorTextPlaceholder: palette.textTertiary,
      colorTextLightSolid: palette.onGold,
      ...alertColours(mode),
      colorPrimaryBg: palette.goldSoft,
      colorPrimaryHover: palette.goldHover,
      colorPrimaryActive: palette.goldStrong,
      borderRadius: 6,
      borderRadiusLG: 8,
      fontFamily: FONT,
      fontFamilyCode: FONT_MONO,
      fontSize: 14,
      lineHeight: 1.5,
      // Dialogs and pop-ups appear at once: without a graphics card (remote desktops, virtual machines)
      // the web view draws a frame or two a second, and a motion of 150 ms would take seconds.
      motion: false,
    },
    components: {
      Button: {
        primaryColor: palette.onGold,
        dangerColor: mode === 'dark' ? '#1a0c0c' : '#ffffff',
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
      },
      Table: {
        headerBg: 'transparent',
        headerColor: palette.textTertiary,
        headerSplitColor: 'transparent',
        headerSortActiveBg: 'transparent',
        headerSortHoverBg: palette.raised,
        bodySortBg: 'transparent',
        rowHoverBg: palette.raised,
        cellPaddingBlockMD: 8,
        cellPaddingBlockSM: 6,
        cellFontSizeMD: 14,
      },
      Tooltip: { colorBgSpotlight: palette.raised, colorTextLightSolid: palette.text },
      Segmented: { itemSelectedBg: palette.surface, trackBg: palette.raised },
      Tag: { defaultBg: 'transparent' },
      Modal: { contentBg: palette.surface, headerBg: palette.surface },
    },
  };
}

/** Grounds of notices; those derived from the dark verdict colours would be muddy on white. */
function alertColours(mode: Mode) {
  return mode === 'dark'
    ? {
        colorWarningBg: '#221d12',
        colorWarningBorder: '#5a4620',
        colorErrorBg: '#241619',
        colorErrorBorder: '#643238',
        colorInfoBg: '#1b232d',
        colorInfoBorder: '#2a3541',
      }
    : {
        colorWarningBg: '#fdf6e4',
        colorWarningBorder: '#e6cf95',
        colorErrorBg: '#fdf0f0',
        colorErrorBorder: '#ecbcbc',
        colorInfoBg: '#f0f2f5',
        colorInfoBorder: '#dce1e8',
      };
}
