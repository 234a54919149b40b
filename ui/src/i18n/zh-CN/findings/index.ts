import { backup } from './backup';
import { ending } from './ending';
import { file } from './file';
import { log } from './log';
import { play } from './play';
import { replay } from './replay';

/** What the engine tells in sentences, by their English forms, in Simplified Chinese. */
export const findings: Record<string, string> = { ...play, ...ending, ...log, ...replay, ...backup, ...file };
