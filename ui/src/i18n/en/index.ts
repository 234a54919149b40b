import { backup, backups } from './backups';
import { code } from './codes';
import { damage, game, games, overview, restore, settings, setup } from './screens';
import { points } from './points';
import { pin, storage } from './storage';
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
  pin,
  points,
  setup,
  games,
  game,
  code,
};
