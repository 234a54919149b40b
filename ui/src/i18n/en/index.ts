import { backup, backups } from './backups';
import { browse, coverage, exported, invariants } from './browse';
import { code } from './codes';
import { bisect, diff } from './diff';
import { files } from './files';
import { points } from './points';
import { rules } from './rules';
import { damage, game, games, overview, restore, settings, setup } from './screens';
import { share } from './share';
import { snapshots } from './snapshots';
import { keys, pin, policy, storage } from './storage';
import { stores } from './stores';
import { whatIf } from './what-if';
import { common, dataClass, environment, health, job, shell, verdict } from './window';

/** Every text in English. */
export const en = {
  common,
  shell,
  environment,
  health,
  verdict,
  dataClass,
  job,
  overview,
  damage,
  backups,
  backup,
  restore,
  settings,
  storage,
  stores,
  policy,
  keys,
  pin,
  points,
  bisect,
  diff,
  share,
  snapshots,
  browse,
  coverage,
  invariants,
  export: exported,
  setup,
  games,
  game,
  rules,
  files,
  whatIf,
  code,
};
