export { followEvents } from './events';
export type { Failure } from './failure';
export type { OperationName } from './generated/operations';
export type * from './generated/types';
export {
  createQueryClient,
  gameOptions,
  readOptions,
  useBrowsePages,
  useGame,
  useGamePages,
  useRead,
  useRun,
  useSnapshotPages,
} from './queries';
