import { Loading } from '../shared/layout/ScreenState';

/** Shown while a screen's code is on its way. */
export function Pending() {
  return <Loading />;
}
