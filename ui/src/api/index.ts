export { call } from './call';
export { followEvents } from './events';
export { type Failure, toFailure } from './failure';
export type * from './generated/types';
export { createQueryClient, readOptions, useGamePages, useRead, useRun } from './queries';
