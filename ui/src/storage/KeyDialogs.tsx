import { Alert, Button, Form, Input, Modal } from 'antd';
import { type Failure, type KeyEntry, type KeysChanged, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import styles from './storage.module.css';

/** Fewest characters of a new passphrase. */
const SHORTEST = 12;

interface PassphraseForm {
  label?: string;
  passphrase: string;
  again: string;
}

interface PassphraseDialogProps {
  /** The key whose passphrase is changed; none adds one. */
  changes: KeyEntry | null;
  onDone: (changed: KeysChanged | null) => void;
  onClose: () => void;
}

/** Adds a passphrase, or puts another in the place of one. It goes to the engine and never comes back. */
export function PassphraseDialog({ changes, onDone, onClose }: PassphraseDialogProps) {
  const { t } = useTranslation();
  const [form] = Form.useForm<PassphraseForm>();
  const forget = (changed: KeysChanged | null) => {
    form.resetFields();
    onDone(changed);
  };
  const add = useRun('key.add', () => forget(null));
  const change = useRun('key.changePassphrase', forget);
  const submit = ({ label = '', passphrase }: PassphraseForm) =>
    changes
      ? change.mutate({ id: changes.id, passphrase })
      : add.mutate({ key: { provider: 'passphrase', passphrase }, label: label.trim() });
  return (
    <Modal
      open
      title={changes ? t('keys.changeTitle') : t('keys.addTitle')}
      onCancel={onClose}
      onOk={form.submit}
      okText={changes ? t('keys.change') : t('keys.add')}
      cancelText={t('common.cancel')}
      okButtonProps={{ loading: add.isPending || change.isPending }}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" onFinish={submit} className={styles.plan} preserve={false}>
        <p>{changes ? t('keys.changeAbout') : t('keys.addAbout')}</p>
        {!changes && (
          <Form.Item name="label" label={t('storage.keys.label')}>
            <Input maxLength={64} placeholder={t('keys.labelHint')} />
          </Form.Item>
        )}
        <Form.Item
          name="passphrase"
          label={t('setup.field.passphrase')}
          rules={[{ required: true, min: SHORTEST, message: t('keys.tooShort', { count: SHORTEST }) }]}
        >
          <Input.Password autoComplete="new-password" data-testid="key-passphrase" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('keys.again')}
          dependencies={['passphrase']}
          rules={[
            { required: true, message: t('setup.field.required') },
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                !value || value === getFieldValue('passphrase')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('keys.differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" data-testid="key-again" />
        </Form.Item>
        <Refusal failure={add.error ?? change.error} />
      </Form>
    </Modal>
  );
}

interface ConfirmDialogProps {
  /** The key that goes; none makes a new data key. */
  removes: KeyEntry | null;
  onDone: (changed: KeysChanged) => void;
  onClose: () => void;
}

/** Asks before a key is removed or a new data key is made. */
export function ConfirmDialog({ removes, onDone, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const remove = useRun('key.remove', onDone);
  const rotate = useRun('key.rotate', onDone);
  const start = () => (removes ? remove.mutate({ id: removes.id }) : rotate.mutate({}));
  const name = removes?.label || removes?.id.slice(0, 8);
  return (
    <Modal
      open
      title={removes ? t('keys.removeTitle', { name }) : t('keys.rotateTitle')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            danger={removes !== null}
            loading={remove.isPending || rotate.isPending}
            onClick={start}
            data-testid="key-confirm"
          >
            {removes ? t('keys.remove') : t('keys.rotate')}
          </Button>
        </>
      }
    >
      <div className={styles.plan}>
        <p>{removes ? t('keys.removeAbout') : t('keys.rotateAbout')}</p>
        <Refusal failure={remove.error ?? rotate.error} />
      </div>
    </Modal>
  );
}

/** Why the engine refused. */
export function Refusal({ failure }: { failure: Failure | null }) {
  if (!failure) return null;
  const { message, hint } = describeFailure(failure);
  return <Alert type="error" showIcon title={message} description={hint} />;
}
