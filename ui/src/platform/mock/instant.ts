/** The mock's present, so that pictures repeat: 22 November 2026, 14:32:07 in Shanghai. */
export const NOW = Date.UTC(2026, 10, 22, 6, 32, 7);
