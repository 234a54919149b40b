import type { JsonValue } from '../api';
import styles from './game.module.css';

/** The whole state as the viewer may see it, folded below the first level. */
export function StateTree({ value }: { value: JsonValue }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <div className={styles.tree} tabIndex={0} role="region" aria-label="JSON" data-testid="game-state">
      <Branches value={value} depth={0} />
    </div>
  );
}

function Branches({ value, depth }: { value: JsonValue; depth: number }) {
  if (value === null || typeof value !== 'object') return null;
  const entries = Object.entries(value) as [string, JsonValue][];
  return (
    <ul>
      {entries.map(([name, child]) => (
        <li key={name}>
          <Branch name={name} value={child} depth={depth} />
        </li>
      ))}
    </ul>
  );
}

function Branch({ name, value, depth }: { name: string; value: JsonValue; depth: number }) {
  if (value === null || typeof value !== 'object') {
    return (
      <>
        <span className={styles.treeName}>{name}</span> {JSON.stringify(value)}
      </>
    );
  }
  const size = Object.keys(value).length;
  if (size === 0) {
    return (
      <>
        <span className={styles.treeName}>{name}</span> {Array.isArray(value) ? '[]' : '{}'}
      </>
    );
  }
  return (
    <details>
      <summary>
        <span className={styles.treeName}>{name}</span> {Array.isArray(value) ? `[${size}]` : `{${size}}`}
      </summary>
      <Branches value={value} depth={depth + 1} />
    </details>
  );
}
