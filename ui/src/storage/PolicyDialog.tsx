import { Alert, Button, Checkbox, InputNumber, Modal, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import {
  type ClassPolicy,
  type DataClass,
  type Frequency,
  type Policy,
  type TierMethod,
  useRun,
} from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName, DATA_CLASSES } from '../shared/data-class';
import { describeFailure } from '../shared/describe';
import { PolicyConsequence } from './PolicyConsequence';
import styles from './storage.module.css';

const METHODS: TierMethod[] = ['full', 'incremental', 'differential', 'event_log'];
const GIB = 1024 ** 3;

/** The frequencies that go with each method; the engine refuses others. */
const FREQUENCIES: Record<TierMethod, Frequency[]> = {
  full: ['hour', 'day', 'week', 'change'],
  incremental: ['hour', 'day'],
  differential: ['hour', 'day'],
  event_log: ['event'],
};

/** How often a chain can begin anew, by how often it grows. */
const FULLS: Partial<Record<Frequency, Frequency[]>> = { hour: ['day', 'week'], day: ['week'] };

interface PolicyDialogProps {
  policy: Policy;
  /** Whether somebody changed it before. */
  changed: boolean;
  onClose: () => void;
}

/** Changes the policy; what the change comes to is told before it is made. */
export function PolicyDialog({ policy, changed, onClose }: PolicyDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(policy);
  const save = useRun('policy.set', onClose);
  const same = JSON.stringify(draft) === JSON.stringify(policy);
  const change = (name: DataClass, next: ClassPolicy) => setDraft({ ...draft, [name]: next });
  return (
    <Modal
      open
      width={900}
      className={styles.tall}
      title={t('policy.title')}
      onCancel={onClose}
      footer={
        <>
          {changed && (
            <Popconfirm title={t('policy.toDefaultSure')} onConfirm={() => save.mutate({ policy: null })}>
              <Button>{t('policy.toDefault')}</Button>
            </Popconfirm>
          )}
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={same}
            loading={save.isPending}
            onClick={() => save.mutate({ policy: draft })}
            data-testid="policy-save"
          >
            {t('policy.save')}
          </Button>
        </>
      }
    >
      <div className={styles.policy} data-testid="policy-edit">
        <table className={styles.rules}>
          <thead>
            <tr>
              <th scope="col">{t('overview.classes.class')}</th>
              <th scope="col">{t('storage.policy.method')}</th>
              <th scope="col">{t('storage.policy.every')}</th>
              <th scope="col">{t('policy.fullEvery')}</th>
              <th scope="col">{t('storage.policy.keep')}</th>
            </tr>
          </thead>
          <tbody>
            {DATA_CLASSES.map((name) => (
              <Rule key={name} name={name} rule={draft[name]} onChange={(next) => change(name, next)} />
            ))}
          </tbody>
        </table>
        <Limits draft={draft} onChange={setDraft} />
        <PolicyConsequence policy={draft} />
        {save.error && (
          <Alert
            type="error"
            showIcon
            title={describeFailure(save.error).message}
            description={describeFailure(save.error).hint}
          />
        )}
      </div>
    </Modal>
  );
}

interface RuleProps {
  name: DataClass;
  rule: ClassPolicy;
  onChange: (rule: ClassPolicy) => void;
}

function Rule({ name, rule, onChange }: RuleProps) {
  const { t } = useTranslation();
  const { method, every, full_every: full, keep } = rule;
  const label = (what: string) => `${t(`dataClass.${name}`)}: ${what}`;
  const fulls = isChained(method) ? (FULLS[every] ?? []) : [];
  return (
    <tr>
      <th scope="row">
        <ClassName of={name} />
      </th>
      <td>
        <Select
          size="small"
          value={method}
          onChange={(next) => onChange(fitting({ ...rule, method: next }))}
          aria-label={label(t('storage.policy.method'))}
          options={METHODS.map((value) => ({ value, label: t(`storage.method.${value}`) }))}
        />
      </td>
      <td>
        <Select
          size="small"
          value={every}
          onChange={(next) => onChange(fitting({ ...rule, every: next }))}
          aria-label={label(t('storage.policy.every'))}
          options={FREQUENCIES[method].map((value) => ({ value, label: t(`storage.every.${value}`) }))}
        />
      </td>
      <td>
        {fulls.length > 0 ? (
          <Select
            size="small"
            value={full}
            onChange={(next) => onChange({ ...rule, full_every: next })}
            aria-label={label(t('policy.fullEvery'))}
            options={fulls.map((value) => ({ value, label: t(`storage.every.${value}`) }))}
          />
        ) : (
          '—'
        )}
      </td>
      <td>
        <span className={styles.keep}>
          <InputNumber
            size="small"
            min={1}
            max={36_500}
            precision={0}
            disabled={keep === 'forever'}
            value={keep === 'forever' ? null : keep}
            onChange={(days) => onChange({ ...rule, keep: days ?? 1 })}
            suffix={keep === 'forever' ? undefined : t('policy.daysUnit')}
            aria-label={label(t('storage.policy.keep'))}
            data-testid={`policy-keep-${name}`}
          />
          <Checkbox
            checked={keep === 'forever'}
            onChange={({ target }) => onChange({ ...rule, keep: target.checked ? 'forever' : 90 })}
            aria-label={label(t('storage.policy.forever'))}
          >
            {t('storage.policy.forever')}
          </Checkbox>
        </span>
      </td>
    </tr>
  );
}

function isChained(method: TierMethod): boolean {
  return method === 'incremental' || method === 'differential';
}

/** The rule with a frequency that goes with its method. */
function fitting({ full_every: full, ...rule }: ClassPolicy): ClassPolicy {
  const allowed = FREQUENCIES[rule.method];
  const every = allowed.includes(rule.every) ? rule.every : (allowed[0] as Frequency);
  const fulls = isChained(rule.method) ? (FULLS[every] ?? []) : [];
  const [first] = fulls;
  if (!first) return { ...rule, every };
  return { ...rule, every, full_every: full && fulls.includes(full) ? full : first };
}

function Limits({ draft, onChange }: { draft: Policy; onChange: (policy: Policy) => void }) {
  const { t } = useTranslation();
  const { quota_bytes: quota, ...rest } = draft;
  return (
    <div className={styles.limits}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is the component below */}
      <label>
        <span>{t('policy.preImages')}</span>
        <InputNumber
          size="small"
          min={1}
          max={3650}
          precision={0}
          value={draft.pre_image_days}
          onChange={(days) => onChange({ ...draft, pre_image_days: days ?? 1 })}
          suffix={t('policy.daysUnit')}
        />
      </label>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is the component below */}
      <label>
        <span>{t('policy.quota')}</span>
        <InputNumber
          size="small"
          min={0.1}
          value={quota === undefined ? null : Math.round((quota / GIB) * 10) / 10}
          onChange={(size) =>
            onChange(size === null ? rest : { ...rest, quota_bytes: Math.round(size * GIB) })
          }
          suffix="GiB"
          style={{ width: 128 }}
          placeholder={t('storage.usage.noQuota')}
        />
      </label>
    </div>
  );
}
