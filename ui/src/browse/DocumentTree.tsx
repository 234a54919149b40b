import type { TreeNode } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './browse.module.css';

/** Levels that are unfolded at first. */
const UNFOLDED = 1;

/** The fields of a document with their types, folded below the first level. */
export function DocumentTree({ nodes }: { nodes: TreeNode[] }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <div className={styles.tree} tabIndex={0} role="region" aria-label={t('browse.look.tree')}>
      <Branches nodes={nodes} depth={0} />
    </div>
  );
}

function Branches({ nodes, depth }: { nodes: TreeNode[]; depth: number }) {
  return (
    <ul>
      {nodes.map((node, place) => (
        // Names can be given twice in a document.
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells fields apart
        <li key={`${place} ${node.name}`}>
          <Branch node={node} depth={depth} />
        </li>
      ))}
    </ul>
  );
}

function Branch({ node, depth }: { node: TreeNode; depth: number }) {
  if (node.children.length === 0) return <Line node={node} />;
  return (
    <details open={depth < UNFOLDED && node.children.length <= 12}>
      <summary>
        <Line node={node} />
      </summary>
      <Branches nodes={node.children} depth={depth + 1} />
    </details>
  );
}

function Line({ node: { name, kind, text } }: { node: TreeNode }) {
  return (
    <span className={styles.line}>
      <span className={styles.name}>{name}</span>
      <span className={styles[`kind_${kind}`]}>{kind === 'string' ? `“${text}”` : text}</span>
      <span className={styles.kind}>{kind}</span>
    </span>
  );
}
