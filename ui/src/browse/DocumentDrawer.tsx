import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, Drawer, Segmented } from 'antd';
import { type DocumentRequest, type DocumentView, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useCopy } from '../shared/format/use-copy';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { ReadView } from '../shared/layout/ReadView';
import styles from './browse.module.css';
import { DocumentTree } from './DocumentTree';
import { plainId } from './plain-id';

type Tab = 'tree' | 'json';

interface DocumentDrawerProps {
  request: DocumentRequest;
  tab: Tab;
  onTab: (tab: Tab) => void;
  onClose: () => void;
}

/** One document in full: as a tree with types, and as JSON. */
export function DocumentDrawer({ request, tab, onTab, onClose }: DocumentDrawerProps) {
  const { t } = useTranslation();
  const read = useRead('backup.document', request);
  return (
    <Drawer
      open
      size={640}
      onClose={onClose}
      closable={{ 'aria-label': t('common.close') }}
      title={
        <span className={styles.drawerTitle}>{read.data ? plainId(read.data.id) : t('browse.document')}</span>
      }
      extra={
        <Segmented<Tab>
          value={tab}
          onChange={onTab}
          aria-label={t('browse.lookLegend')}
          options={(['tree', 'json'] as const).map((value) => ({
            value,
            label: <span data-testid={`browse-tab-${value}`}>{t(`browse.look.${value}`)}</span>,
          }))}
        />
      }
    >
      <ReadView read={read} label={t('browse.readingOne')}>
        {(document) => <Document document={document} backup={request.backup} tab={tab} />}
      </ReadView>
    </Drawer>
  );
}

interface DocumentProps {
  document: DocumentView;
  backup: string;
  tab: Tab;
}

function Document({ document, backup, tab }: DocumentProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { copied, copy } = useCopy();
  const { json, tree, cut, game, bytes } = document;
  return (
    <div className={styles.document} data-testid="browse-document">
      <div className={styles.documentHead}>
        <span className={styles.faint}>{format.bytes(bytes)}</span>
        <span className={styles.spacer} />
        {game && (
          <LinkButton
            size="small"
            to="/games/$gameId"
            params={{ gameId: game }}
            search={{ backup }}
            title={t('browse.gameHint')}
          >
            {t('browse.openGame')}
          </LinkButton>
        )}
        {json !== null && (
          <Button
            size="small"
            icon={copied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
            onClick={() => copy(indented(json))}
          >
            {copied ? t('common.copied') : t('browse.copyJson')}
          </Button>
        )}
      </div>
      {tab === 'tree' ? (
        <>
          <DocumentTree nodes={tree} />
          {cut && <p className={styles.faint}>{t('browse.cut')}</p>}
        </>
      ) : json === null ? (
        <p>{t('browse.noJson')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
        <pre className={styles.json} tabIndex={0}>
          {indented(json)}
        </pre>
      )}
    </div>
  );
}

/** The same text with line breaks; fields keep their order. */
function indented(json: string): string {
  let out = '';
  let depth = 0;
  let inText = false;
  const line = () => `\n${'  '.repeat(depth)}`;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at] as string;
    if (inText) {
      out += letter;
      if (letter === '\\') {
        at += 1;
        out += json[at] ?? '';
      } else if (letter === '"') inText = false;
    } else if (letter === '"') {
      inText = true;
      out += letter;
    } else if (letter === '{' || letter === '[') {
      const close = letter === '{' ? '}' : ']';
      if (json[at + 1] === close) {
        out += letter + close;
        at += 1;
      } else {
        depth += 1;
        out += letter + line();
      }
    } else if (letter === '}' || letter === ']') {
      depth -= 1;
      out += line() + letter;
    } else if (letter === ',') out += letter + line();
    else if (letter === ':') out += ': ';
    else out += letter;
  }
  return out;
}
