import { Checkbox } from 'antd';
import { useState } from 'react';
import type { DiffNode } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './diff.module.css';

/** All members of the two states; those that differ are open. */
export function StructureTree({ nodes }: { nodes: DiffNode[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const none = !all && nodes.every(({ kind }) => kind === 'same');
  return (
    <div className={styles.structure} data-testid="diff-structure">
      <Checkbox checked={!all} onChange={({ target }) => setAll(!target.checked)}>
        {t('diff.onlyChanges')}
      </Checkbox>
      {none ? <p className={styles.nothing}>{t('diff.sameStructure')}</p> : <Nodes nodes={nodes} all={all} />}
    </div>
  );
}

function Nodes({ nodes, all }: { nodes: DiffNode[]; all: boolean }) {
  return (
    <ul className={styles.nodes}>
      {nodes
        .filter(({ kind }) => all || kind !== 'same')
        .map((node) => (
          <li key={node.name} className={styles[node.kind]}>
            <Node node={node} all={all} />
          </li>
        ))}
    </ul>
  );
}

function Node({ node, all }: { node: DiffNode; all: boolean }) {
  const { t } = useTranslation();
  const { name, kind, before, after, members, beforeType, afterType } = node;
  if (members.length > 0) {
    return (
      <details open={kind !== 'same'}>
        <summary>
          <code>{name}</code> <KindWord kind={kind} />
        </summary>
        <Nodes nodes={members} all={all || kind === 'added' || kind === 'removed'} />
      </details>
    );
  }
  return (
    <span className={styles.leaf}>
      <code>{name}</code> <KindWord kind={kind} />
      {kind !== 'added' && <code className={styles.old}>{before}</code>}
      {kind === 'changed' && <span aria-hidden>→</span>}
      {(kind === 'added' || kind === 'changed') && <code className={styles.new}>{after}</code>}
      {kind === 'changed' && beforeType !== afterType && beforeType && afterType && (
        <span className={styles.types}>{t('diff.types', { before: beforeType, after: afterType })}</span>
      )}
    </span>
  );
}

/** How a member differs, in a word: colour alone does not tell. */
function KindWord({ kind }: { kind: DiffNode['kind'] }) {
  const { t } = useTranslation();
  if (kind === 'same' || kind === 'changed') return null;
  return <span className={styles.kind}>{t(`diff.kind.${kind}`)}</span>;
}
