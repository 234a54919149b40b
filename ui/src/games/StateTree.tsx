import { memo, useState } from 'react';
import type { GameView, JsonValue } from '../api';
import { History } from '../bisect/History';
import { useTranslation } from '../i18n/use-translation';
import styles from './game.module.css';

/** The whole state as the viewer may see it, folded below the first level; a member's name tells when it changed. */
export function StateTree({ view, onGo }: { view: GameView; onGo: (seq: number) => void }) {
  const { t } = useTranslation();
  const [path, setPath] = useState<string | null>(null);
  return (
    <div className={styles.inspector}>
      {path === null ? (
        <p className={styles.note}>{t('bisect.hint')}</p>
      ) : (
        <History view={view} path={path} onGo={onGo} onClose={() => setPath(null)} />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard */}
      <div className={styles.tree} tabIndex={0} role="region" aria-label="JSON" data-testid="game-state">
        <Branches value={view.state} path="" onPick={setPath} />
      </div>
    </div>
  );
}

interface BranchProps {
  value: JsonValue;
  /** Names from the outside in, each with a dot behind it. */
  path: string;
  onPick: (path: string) => void;
}

function Branches({ value, path, onPick }: BranchProps) {
  if (value === null || typeof value !== 'object') return null;
  const entries = Object.entries(value) as [string, JsonValue][];
  return (
    <ul>
      {entries.map(([name, child]) => (
        <li key={name}>
          <Branch name={name} value={child} path={path} onPick={onPick} />
        </li>
      ))}
    </ul>
  );
}

/** Two answers share the objects that are equal in them, so a step draws only the branches that it changed. */
const Branch = memo(function Branch({ name, value, path, onPick }: BranchProps & { name: string }) {
  const own = `${path}${name}`;
  const size = value !== null && typeof value === 'object' ? Object.keys(value).length : 0;
  if (size === 0) {
    return (
      <>
        <button type="button" className={styles.treeName} onClick={() => onPick(own)} data-path={own}>
          {name}
        </button>{' '}
        {JSON.stringify(value)}
      </>
    );
  }
  return (
    <details>
      <summary>
        <span className={styles.treeName}>{name}</span> {Array.isArray(value) ? `[${size}]` : `{${size}}`}
      </summary>
      <Branches value={value} path={`${own}.`} onPick={onPick} />
    </details>
  );
});
