import { useNavigate } from '@tanstack/react-router';
import { Form, Input, Select } from 'antd';
import { type ConnectRequest, type Environment, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { SetupForm } from './SetupForm';
import { StoreFields } from './StoreFields';
import styles from './setup.module.css';

const ENVIRONMENTS: Environment[] = ['development', 'test', 'production'];

/** Connects to a game service. What is typed here goes one way: the engine keeps it, the window forgets it. */
export function ConnectForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<ConnectRequest>();
  const connect = useRun('setup.connect', () => {
    form.resetFields();
    void navigate({ to: '/' });
  });
  const required = { required: true, message: t('setup.field.required') };
  return (
    <SetupForm<ConnectRequest>
      form={form}
      title={t('setup.connect.title')}
      submit={t('setup.connect.submit')}
      initial={{ database: 'avalon', environment: 'test' }}
      pending={connect.isPending}
      failure={connect.error}
      onFinish={(values) => connect.mutate({ ...values, redisUrl: values.redisUrl ?? '' })}
      testId="setup-connect-submit"
    >
      <Form.Item
        name="mongodbUri"
        label={t('setup.field.mongodb')}
        extra={t('setup.field.mongodbNote')}
        rules={[required]}
      >
        <Input.Password
          className={styles.code}
          placeholder="mongodb://user@host:27017/?replicaSet=rs0"
          spellCheck={false}
          autoComplete="off"
        />
      </Form.Item>
      <div className={styles.pair}>
        <Form.Item name="database" label={t('setup.field.database')} rules={[required]}>
          <Input className={styles.code} spellCheck={false} />
        </Form.Item>
        <Form.Item name="environment" label={t('setup.field.environment')}>
          <Select
            options={ENVIRONMENTS.map((value) => ({
              value,
              label: t(`environment.${value}`),
            }))}
          />
        </Form.Item>
      </div>
      <Form.Item name="redisUrl" label={t('setup.field.redis')} extra={t('setup.field.redisNote')}>
        <Input.Password
          className={styles.code}
          placeholder="redis://host:6379"
          spellCheck={false}
          autoComplete="off"
        />
      </Form.Item>
      <StoreFields newVault />
    </SetupForm>
  );
}
